/* SIGCHLD of a child that exits, is killed, stops and is continued: si_code and si_status. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t seen;
static pid_t child;

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    printf("code %d, status %d, pid %d\n", info->si_code, info->si_status, info->si_pid == child);
    fflush(stdout);
    seen++;
}

static void await(int n)
{
    sigset_t none;

    sigemptyset(&none);
    while (seen < n)
        sigsuspend(&none);
}

int main(void)
{
    struct sigaction action = {0};
    sigset_t set;

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if ((child = fork()) == 0)
        _exit(42);
    await(1);
    wait(NULL);
    if ((child = fork()) == 0) {
        for (;;)
            pause();
    }
    kill(child, SIGSTOP);
    await(2);
    kill(child, SIGCONT);
    await(3);
    kill(child, SIGTERM);
    await(4);
    wait(NULL);
    return 0;
}
