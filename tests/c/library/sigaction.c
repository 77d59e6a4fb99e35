/* sigaction with SIG_IGN and SIG_DFL, killpg, and the sets of signals. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    struct sigaction ignore, old;
    sigset_t set;
    int status;

    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    printf("%d ", sigaction(SIGUSR2, &ignore, &old));
    printf("was default %d\n", old.sa_handler == SIG_DFL);
    raise(SIGUSR2);
    printf("%d ", sigaction(SIGUSR2, NULL, &old));
    printf("is ignored %d\n", old.sa_handler == SIG_IGN);
    status = sigaction(SIGKILL, &ignore, NULL);
    printf("%d %s\n", status, strerror(errno));

    sigfillset(&set);
    sigdelset(&set, SIGINT);
    printf("%d %d %d\n", sigismember(&set, SIGINT), sigismember(&set, SIGTERM), sigismember(&set, 99));
    sigemptyset(&set);
    printf("%d\n", sigismember(&set, SIGTERM));
    fflush(stdout);
    if (fork() == 0) {
        setpgid(0, 0);
        killpg(getpgrp(), SIGTERM);
        _exit(0);
    }
    wait(&status);
    printf("%d\n", WTERMSIG(status));
    return 0;
}
