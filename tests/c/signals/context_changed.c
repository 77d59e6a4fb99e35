/* What a handler writes into its ucontext_t is so when it returns: here the mask. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <ucontext.h>

static void handler(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    (void)sig;
    (void)info;
    printf("in the frame: USR2 %d, USR1 %d\n", sigismember(&uc->uc_sigmask, SIGUSR2),
           sigismember(&uc->uc_sigmask, SIGUSR1));
    sigaddset(&uc->uc_sigmask, SIGHUP);
    sigdelset(&uc->uc_sigmask, SIGUSR2);
}

int main(void)
{
    struct sigaction action = {0};
    sigset_t set;

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("after: USR2 %d, HUP %d, USR1 %d\n", sigismember(&set, SIGUSR2), sigismember(&set, SIGHUP),
           sigismember(&set, SIGUSR1));
    return 0;
}
