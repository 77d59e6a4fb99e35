/* exit in a handler flushes stdio and runs the exit functions; the interrupted function is not finished. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void last(void)
{
    printf("exit function\n");
}

static void handler(int sig)
{
    (void)sig;
    printf("handler\n");
    exit(4);
}

int main(void)
{
    atexit(last);
    signal(SIGTERM, handler);
    printf("begin\n");
    raise(SIGTERM);
    printf("not reached\n");
    return 0;
}
