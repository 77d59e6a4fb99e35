/* Block, look, sigsuspend: the signal that came before is not lost, and afterwards it is blocked again. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t got;

static void handler(int sig)
{
    got = sig;
}

int main(void)
{
    sigset_t block, old, now;

    signal(SIGUSR1, handler);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, &old);
    if (fork() == 0) {
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    wait(NULL);
    printf("before: %d\n", (int)got);
    while (!got) {
        printf("sigsuspend: %d", sigsuspend(&old));
        printf(" %s\n", strerror(errno));
    }
    printf("after: %d\n", (int)got == SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("blocked again: %d\n", sigismember(&now, SIGUSR1));
    return 0;
}
