/* What sa_mask names waits until the handler is over; the signal itself too, unless SA_NODEFER. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int depth;

static void show(const char *when)
{
    sigset_t now;

    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("%s: USR1 %d, USR2 %d\n", when, sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));
}

static void second(int sig)
{
    (void)sig;
    show("second handler");
}

static void first(int sig)
{
    show("first handler");
    raise(SIGUSR2);
    if (depth++ < 2)
        raise(sig);
    printf("first handler ends\n");
}

int main(void)
{
    struct sigaction action = {0};

    signal(SIGUSR2, second);
    action.sa_handler = first;
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    show("main");
    depth = 0;
    action.sa_flags = SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    show("main");
    return 0;
}
