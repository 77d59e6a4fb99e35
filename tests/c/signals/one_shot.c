/* SA_RESETHAND: the handler runs once, then the default action is back. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
    struct sigaction now;

    sigaction(sig, NULL, &now);
    printf("handler; the action is the default already: %d, its flags stay: %d\n", now.sa_handler == SIG_DFL,
           (now.sa_flags & SA_RESETHAND) != 0);
    fflush(stdout);
}

int main(void)
{
    struct sigaction action = {0};
    int status;

    if (fork() == 0) {
        action.sa_handler = handler;
        action.sa_flags = SA_RESETHAND;
        sigaction(SIGTERM, &action, NULL);
        raise(SIGTERM);
        printf("still here\n");
        fflush(stdout);
        raise(SIGTERM);
        printf("not reached\n");
        exit(0);
    }
    wait(&status);
    printf("ended by %s\n", strsignal(WTERMSIG(status)));
    return 0;
}
