/*
 * dup and fork share the open file description: O_NONBLOCK belongs to it and is seen by all;
 * close-on-exec belongs to the number and is not.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

static void show(const char *name, int fd)
{
    printf("%-10s nonblock %d, cloexec %d\n", name, (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

int main(void)
{
    int fd[2], copy;

    pipe(fd);
    copy = dup(fd[0]);
    fcntl(copy, F_SETFD, FD_CLOEXEC);
    if (fork() == 0) {
        fcntl(fd[0], F_SETFL, O_NONBLOCK);
        fcntl(fd[0], F_SETFD, FD_CLOEXEC);
        _exit(0);
    }
    wait(NULL);
    show("fd[0]", fd[0]);
    show("copy", copy);
    show("fd[1]", fd[1]);
    show("dup", dup(copy));
    return 0;
}
