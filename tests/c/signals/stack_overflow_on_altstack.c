/* A stack that is used up leaves no room for a handler, but for one on the alternate stack. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536];

static void handler(int sig, siginfo_t *info, void *context)
{
    char here;

    (void)context;
    printf("signal %d, code %d, on the alternate stack: %d\n", sig == SIGSEGV, info->si_code,
           &here >= stack && &here < stack + sizeof stack);
    fflush(stdout);
    _exit(3);
}

static int deeper(int n)
{
    char room[4096];

    memset(room, n, sizeof room);
    return deeper(n + 1) + room[n & 1023];
}

static void run(int flags)
{
    struct sigaction action = {0};
    stack_t alternate = {0};
    int status;

    if (fork() == 0) {
        alternate.ss_sp = stack;
        alternate.ss_size = sizeof stack;
        sigaltstack(&alternate, NULL);
        action.sa_sigaction = handler;
        action.sa_flags = SA_SIGINFO | flags;
        sigaction(SIGSEGV, &action, NULL);
        exit(deeper(0));
    }
    wait(&status);
    if (WIFSIGNALED(status))
        printf("ended by %s\n", strsignal(WTERMSIG(status)));
    else
        printf("exited with %d\n", WEXITSTATUS(status));
    fflush(stdout);
}

int main(void)
{
    run(SA_ONSTACK);
    run(0);
    return 0;
}
