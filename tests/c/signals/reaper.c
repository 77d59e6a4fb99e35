/* A SIGCHLD handler reaps all children that have ended: signals of the same number do not add up, so it loops. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t reaped;

static void on_child(int sig)
{
    int before = errno;

    (void)sig;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        reaped++;
    errno = before;
}

int main(void)
{
    struct sigaction action = {0};
    sigset_t block, old;
    int i;

    action.sa_handler = on_child;
    action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    sigprocmask(SIG_BLOCK, &block, &old);
    for (i = 0; i < 10; i++)
        if (fork() == 0)
            _exit(i);
    while (reaped < 10)
        sigsuspend(&old);
    printf("reaped %d, wait says %d\n", (int)reaped, wait(NULL));
    return 0;
}
