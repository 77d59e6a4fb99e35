/* clone with and without CLONE_VM: with it both write one memory, without it the child has a copy. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static int value;

static int child(void *arg)
{
    value = *(int *)arg;
    return value / 10;          /* the exit code */
}

int main(void)
{
    char *stack = malloc(STACK);
    int number = 420, status;
    pid_t pid;

    pid = clone(child, stack + STACK, CLONE_VM | SIGCHLD, &number);
    waitpid(pid, &status, 0);
    printf("CLONE_VM: value %d, exit code %d\n", value, WEXITSTATUS(status));

    number = 770;
    pid = clone(child, stack + STACK, SIGCHLD, &number);
    waitpid(pid, &status, 0);
    printf("without:  value %d, exit code %d\n", value, WEXITSTATUS(status));
    free(stack);
    return 0;
}
