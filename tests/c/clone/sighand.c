/* CLONE_SIGHAND: one table of dispositions. The child's SIG_IGN holds for the parent too, who then survives its own SIGUSR1. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static int child(void *arg)
{
    signal(SIGUSR1, SIG_IGN);
    return 0;
}

static int subject(int flags)
{
    char *stack = malloc(STACK);

    waitpid(clone(child, stack + STACK, flags | SIGCHLD, NULL), NULL, 0);
    kill(getpid(), SIGUSR1);
    return 33;
}

int main(void)
{
    int status;

    if (fork() == 0)
        _exit(subject(CLONE_VM));
    wait(&status);
    printf("own table:    killed by %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (fork() == 0)
        _exit(subject(CLONE_VM | CLONE_SIGHAND));
    wait(&status);
    printf("shared table: survived, code %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 0);
    return 0;
}
