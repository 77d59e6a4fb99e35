/* Each sending of a real-time signal runs the handler; standard signals that pend already do not add up. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t times[65];

static void handler(int sig)
{
    times[sig]++;
}

int main(void)
{
    sigset_t set;
    int i;

    signal(SIGUSR1, handler);
    signal(SIGRTMIN + 1, handler);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (i = 0; i < 5; i++) {
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGRTMIN + 1);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("USR1 %d, RTMIN+1 %d\n", (int)times[SIGUSR1], (int)times[SIGRTMIN + 1]);
    return 0;
}
