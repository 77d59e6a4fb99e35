/* O_NONBLOCK: an empty pipe gives EAGAIN, a full one too; the pipe holds 65536 bytes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    static char block[4096];
    int fd[2], n, blocks = 0;
    char c;

    pipe2(fd, O_NONBLOCK);
    n = read(fd[0], &c, 1);
    printf("empty: %d %s (EWOULDBLOCK is EAGAIN: %d)\n", n, strerror(errno), EWOULDBLOCK == EAGAIN);
    while ((n = write(fd[1], block, sizeof block)) > 0)
        blocks++;
    printf("full after %d blocks of 4096: %d %s\n", blocks, n, strerror(errno));
    n = write(fd[1], "x", 1);
    printf("one byte more: %d %s\n", n, strerror(errno));
    n = read(fd[0], block, 100);
    printf("read %d\n", n);
    n = write(fd[1], "x", 1);
    printf("one byte now: %d %s (there is room, but no free page)\n", n, strerror(errno));
    n = read(fd[0], block, 3996);
    printf("read %d, the rest of that page\n", n);
    n = write(fd[1], "x", 1);
    printf("one byte now: %d\n", n);
    return 0;
}
