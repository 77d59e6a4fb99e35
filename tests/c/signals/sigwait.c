/* sigwait takes a blocked signal without a handler. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    sigset_t set;
    pid_t parent = getpid();
    int sig, i;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (fork() == 0) {
        kill(parent, SIGUSR2);
        usleep(100000);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    for (i = 0; i < 2; i++) {
        int error = sigwait(&set, &sig);

        printf("%d: %s\n", error, strsignal(sig));
    }
    wait(NULL);
    return 0;
}
