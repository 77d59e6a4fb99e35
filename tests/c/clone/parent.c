/* CLONE_PARENT: the new task is the caller's sibling. The caller cannot wait for it, the caller's parent does. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static pid_t top;

static int sibling(void *arg)
{
    _exit(getppid() == top ? 21 : 22);
}

int main(void)
{
    int fd[2], status;
    pid_t b, c;

    top = getpid();
    pipe(fd);
    b = fork();
    if (b == 0) {
        char *stack = malloc(STACK);
        c = clone(sibling, stack + STACK, CLONE_PARENT | SIGCHLD, NULL);
        write(fd[1], &c, sizeof c);
        if (waitpid(c, &status, 0) == -1)
            printf("the maker cannot wait for it: %s\n", strerror(errno));
        exit(0);
    }
    waitpid(b, NULL, 0);
    read(fd[0], &c, sizeof c);
    if (waitpid(c, &status, 0) == c)
        printf("the maker's parent can: code %d\n", WEXITSTATUS(status));
    return 0;
}
