/* A child has its parent's handlers, and each counts for itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void handler(int sig)
{
    (void)sig;
    count++;
}

int main(void)
{
    int status;

    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    if (fork() == 0) {
        raise(SIGUSR1);
        raise(SIGUSR1);
        signal(SIGUSR1, SIG_IGN);
        raise(SIGUSR1);
        exit(count);
    }
    wait(&status);
    raise(SIGUSR1);
    printf("child %d, parent %d\n", WEXITSTATUS(status), (int)count);
    return 0;
}
