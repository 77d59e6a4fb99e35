/* SA_NOCLDWAIT with a handler: the handler runs, there is no zombie, and wait says ECHILD. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void handler(int sig)
{
    (void)sig;
    seen++;
}

int main(void)
{
    struct sigaction action = {0};

    action.sa_handler = handler;
    action.sa_flags = SA_NOCLDWAIT | SA_RESTART;
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0) {
        usleep(50000);
        _exit(1);
    }
    printf("wait: %d", wait(NULL));
    printf(" %s, handler ran %d\n", strerror(errno), (int)seen);
    return 0;
}
