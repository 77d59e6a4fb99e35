/* sigtimedwait: EAGAIN when the time is over, EINTR when a handler runs, and what the signal tells. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <time.h>

static void handler(int sig)
{
    (void)sig;
    write(1, "handler\n", 8);
}

int main(void)
{
    struct timespec soon = {0, 50000000}, later = {5, 0}, wrong = {0, 2000000000};
    siginfo_t info;
    sigset_t set;
    union sigval value = {.sival_int = 42};
    pid_t parent = getpid(), child;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, handler);
    printf("%d", sigtimedwait(&set, &info, &soon));
    printf(" %s\n", strerror(errno));
    printf("%d", sigtimedwait(&set, &info, &wrong));
    printf(" %s\n", strerror(errno));
    fflush(stdout);
    if ((child = fork()) == 0) {
        usleep(100000);
        kill(parent, SIGUSR2);
        usleep(100000);
        sigqueue(parent, SIGUSR1, value);
        _exit(0);
    }
    printf("%d", sigtimedwait(&set, &info, &later));
    printf(" %s\n", strerror(errno));
    printf("%d\n", sigtimedwait(&set, &info, &later) == SIGUSR1);
    printf("code %d, from the child %d, value %d\n", info.si_code, info.si_pid == child, info.si_value.sival_int);
    wait(NULL);
    return 0;
}
