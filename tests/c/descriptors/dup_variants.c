/* dup, dup2, dup3 and F_DUPFD: where they put the copy, and what they do with close-on-exec. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void show(const char *what, int r)
{
    if (r < 0)
        printf("%-28s %s\n", what, strerror(errno));
    else
        printf("%-28s %d, close-on-exec %d\n", what, r, fcntl(r, F_GETFD));
}

int main(void)
{
    int i;

    for (i = 3; i < 100; i++)
        close(i);
    show("dup(1)", dup(1));
    show("dup2(1, 8)", dup2(1, 8));
    show("dup2(8, 8)", dup2(8, 8));
    show("dup3(1, 9, O_CLOEXEC)", dup3(1, 9, O_CLOEXEC));
    show("dup2(9, 10)", dup2(9, 10));
    show("dup3(9, 9, 0)", dup3(9, 9, 0));
    show("dup3(1, 9, O_NONBLOCK)", dup3(1, 9, O_NONBLOCK));
    show("F_DUPFD from 8", fcntl(1, F_DUPFD, 8));
    show("F_DUPFD_CLOEXEC from 20", fcntl(1, F_DUPFD_CLOEXEC, 20));
    show("dup2(77, 77)", dup2(77, 77));
    return 0;
}
