/* Non-blocking writes: up to 4096 bytes all or nothing, larger ones as much as fits. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char block[100000];

int main(void)
{
    int fd[2], n;

    pipe2(fd, O_NONBLOCK);
    n = write(fd[1], block, 100000);
    printf("100000 into an empty pipe: %d\n", n);
    n = write(fd[1], block, 100000);
    printf("again: %d %s\n", n, strerror(errno));
    n = read(fd[0], block, 8192);
    printf("read %d\n", n);
    n = write(fd[1], block, 10000);
    printf("10000 where two pages are free: %d\n", n);
    n = read(fd[0], block, 4096);
    printf("read %d\n", n);
    n = write(fd[1], block, 4000);
    printf("4000: %d\n", n);
    n = write(fd[1], block, 97);
    printf("97 where 96 bytes are left in the last page: %d %s\n", n, strerror(errno));
    n = write(fd[1], block, 96);
    printf("96: %d\n", n);
    return 0;
}
