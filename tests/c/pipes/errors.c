/* What pipes refuse: the wrong direction, a bad address, seeking, too many flags. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void show(const char *what, long r)
{
    if (r == -1)
        printf("%-26s %s\n", what, strerror(errno));
    else
        printf("%-26s %ld\n", what, r);
}

int main(void)
{
    int fd[2];
    char c = 'x';

    show("pipe", pipe(fd));
    show("read from the write end:", read(fd[1], &c, 1));
    show("write to the read end:", write(fd[0], &c, 1));
    show("write from a bad address:", write(fd[1], (void *)64, 4));
    show("write one byte:", write(fd[1], &c, 1));
    show("read to a bad address:", read(fd[0], (void *)64, 1));
    show("read 0 bytes:", read(fd[0], &c, 0));
    show("pipe at a bad address:", pipe((int *)16));
    show("unknown flag:", pipe2(fd, 1));
    show("access mode of read end:", fcntl(fd[0], F_GETFL) & O_ACCMODE);
    show("access mode of write end:", fcntl(fd[1], F_GETFL) & O_ACCMODE);
    return 0;
}
