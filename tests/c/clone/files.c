/* CLONE_FILES: one descriptor table for both. What the child closes or opens is closed or open in the parent. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static int fd[2];

static int child(void *arg)
{
    close(fd[0]);
    dup2(fd[1], 50);
    return 0;
}

static void run(const char *name, int flags)
{
    char *stack = malloc(STACK);

    pipe(fd);
    waitpid(clone(child, stack + STACK, flags | SIGCHLD, NULL), NULL, 0);
    printf("%s: fd[0] %s, 50 %s\n", name, fcntl(fd[0], F_GETFD) == -1 ? "closed" : "open",
           fcntl(50, F_GETFD) == -1 ? "closed" : "open");
    free(stack);
}

int main(void)
{
    run("copied", 0);
    run("CLONE_FILES", CLONE_FILES);
    return 0;
}
