/* Real-time signals queue: each sending comes, lower numbers first, of one number in order, with its value. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <time.h>

int main(void)
{
    sigset_t set;
    siginfo_t info;
    union sigval value;
    struct timespec now = {0, 0};
    int i, sig;

    sigemptyset(&set);
    for (i = 0; i < 3; i++)
        sigaddset(&set, SIGRTMIN + i);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (i = 0; i < 6; i++) {
        value.sival_int = 100 + i;
        sigqueue(getpid(), SIGRTMIN + 2 - i % 3, value);
        sigqueue(getpid(), SIGUSR1, value);
    }
    while ((sig = sigtimedwait(&set, &info, &now)) > 0)
        if (sig == SIGUSR1)
            printf("USR1: %d\n", info.si_value.sival_int);
        else
            printf("RTMIN+%d: %d\n", sig - SIGRTMIN, info.si_value.sival_int);
    printf("%s\n", strerror(errno));
    return 0;
}
