/* Two processes take turns by signals: blocked, and awaited with sigsuspend. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t turn;

static void handler(int sig)
{
    (void)sig;
    turn = 1;
}

static void await(void)
{
    sigset_t none;

    sigemptyset(&none);
    while (!turn)
        sigsuspend(&none);
    turn = 0;
}

int main(void)
{
    sigset_t set;
    pid_t parent = getpid(), child;
    int i;

    signal(SIGUSR1, handler);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if ((child = fork()) == 0) {
        for (i = 0; i < 5; i++) {
            await();
            printf("pong %d\n", i);
            fflush(stdout);
            kill(parent, SIGUSR1);
        }
        _exit(0);
    }
    for (i = 0; i < 5; i++) {
        printf("ping %d\n", i);
        fflush(stdout);
        kill(child, SIGUSR1);
        await();
    }
    wait(NULL);
    return 0;
}
