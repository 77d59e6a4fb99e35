/* A handler is interrupted by another one, and goes on after it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void inner(int sig)
{
    printf("    inner %d begins\n    inner ends\n", sig == SIGUSR2);
}

static void outer(int sig)
{
    printf("  outer %d begins\n", sig == SIGUSR1);
    raise(SIGUSR2);
    printf("  outer ends\n");
}

int main(void)
{
    signal(SIGUSR1, outer);
    signal(SIGUSR2, inner);
    printf("begin\n");
    raise(SIGUSR1);
    printf("end\n");
    return 0;
}
