/* sigaltstack: what it tells and refuses; handlers on it, one within the other. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536];

static int on_it(void)
{
    char here;

    return &here >= stack && &here < stack + sizeof stack;
}

static void inner(int sig)
{
    (void)sig;
    printf("inner: on it %d\n", on_it());
}

static void outer(int sig)
{
    stack_t now, none = {0};

    (void)sig;
    sigaltstack(NULL, &now);
    printf("outer: on it %d, SS_ONSTACK %d\n", on_it(), now.ss_flags == SS_ONSTACK);
    none.ss_flags = SS_DISABLE;
    printf("change it now: %d", sigaltstack(&none, NULL));
    printf(" %s\n", strerror(errno));
    raise(SIGUSR2);
}

int main(void)
{
    struct sigaction action = {0};
    stack_t alternate = {0}, old;

    sigaltstack(NULL, &old);
    printf("none: %d\n", old.ss_flags == SS_DISABLE);
    alternate.ss_sp = stack;
    alternate.ss_size = 1024;
    printf("small: %d", sigaltstack(&alternate, NULL));
    printf(" %s\n", strerror(errno));
    alternate.ss_size = sizeof stack;
    alternate.ss_flags = 4;
    printf("flags: %d", sigaltstack(&alternate, NULL));
    printf(" %s\n", strerror(errno));
    alternate.ss_flags = 0;
    printf("set: %d\n", sigaltstack(&alternate, &old));
    sigaltstack(NULL, &old);
    printf("it is: %d %d %d\n", old.ss_sp == stack, old.ss_flags, old.ss_size == sizeof stack);
    action.sa_handler = inner;
    sigaction(SIGUSR2, &action, NULL);
    action.sa_handler = outer;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR2);
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    if (fork() == 0) {
        sigaltstack(NULL, &old);
        printf("the child has it: %d\n", old.ss_sp == stack);
        exit(0);
    }
    wait(NULL);
    return 0;
}
