/* SIGFPE tells FPE_INTDIV; to return from its handler would divide again. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("%s: %d\n", strsignal(sig), info->si_code == FPE_INTDIV);
    exit(7);
}

int main(void)
{
    struct sigaction action = {0};
    volatile int zero = 0, one = 1;

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGFPE, &action, NULL);
    printf("%d\n", one / zero);
    return 0;
}
