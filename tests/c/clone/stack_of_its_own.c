/* The child of clone(CLONE_VM) runs on the stack that it is given: its locals lie there. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 131072

static char *stack;
static volatile int inside;
static volatile int sum;

static int add(int n)
{
    return n == 0 ? 0 : n + add(n - 1);
}

static int child(void *arg)
{
    char local;

    inside = &local >= stack && &local < stack + STACK;
    sum = add(200);
    return 0;
}

int main(void)
{
    stack = malloc(STACK);
    pid_t pid = clone(child, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, 0);
    waitpid(pid, NULL, 0);
    printf("local on the new stack: %d, sum %d\n", inside, sum);
    return 0;
}
