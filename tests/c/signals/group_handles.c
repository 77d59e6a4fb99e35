/* kill(0) reaches every process of the group, each runs its handler. */
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
    (void)sig;
    got++;
}

int main(void)
{
    sigset_t set, old;
    int i, status, sum = 0;

    setpgid(0, 0);
    signal(SIGUSR1, handler);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (i = 0; i < 4; i++)
        if (fork() == 0) {
            while (!got)
                sigsuspend(&old);
            _exit(got + i);
        }
    kill(0, SIGUSR1);
    while (!got)
        sigsuspend(&old);
    for (i = 0; i < 4; i++) {
        wait(&status);
        sum += WEXITSTATUS(status);
    }
    printf("parent %d, children %d\n", (int)got, sum);
    return 0;
}
