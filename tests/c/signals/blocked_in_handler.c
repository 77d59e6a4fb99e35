/* A handler that runs with everything blocked is disturbed by nobody; what came in between runs after it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void other(int sig)
{
    printf("%s\n", strsignal(sig));
    fflush(stdout);
}

static void handler(int sig)
{
    (void)sig;
    printf("begin\n");
    raise(SIGHUP);
    raise(SIGINT);
    raise(SIGUSR1);
    printf("end\n");
    fflush(stdout);
}

int main(void)
{
    struct sigaction action = {0};

    signal(SIGHUP, other);
    signal(SIGINT, other);
    action.sa_handler = handler;
    sigfillset(&action.sa_mask);
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) {
        raise(SIGUSR1);
        printf("not reached\n");
        exit(0);
    }
    wait(NULL);
    return 0;
}
