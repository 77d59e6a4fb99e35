/* poll: what pipes have to tell, and the first of two children that writes. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, int result, struct pollfd *fds, int count)
{
    int i;

    printf("%s: %d", what, result);
    for (i = 0; i < count; i++)
        printf(" %x", (unsigned)fds[i].revents);
    printf("\n");
    fflush(stdout);
}

int main(void)
{
    int a[2], b[2];
    struct pollfd fds[3];
    char byte;

    if (pipe(a) < 0 || pipe(b) < 0)
        return 1;
    fds[0].fd = a[0];
    fds[0].events = POLLIN;
    fds[1].fd = a[1];
    fds[1].events = POLLIN | POLLOUT;
    fds[2].fd = -1;
    fds[2].events = POLLIN;
    show("empty", poll(fds, 3, 0), fds, 3);
    write(a[1], "x", 1);
    show("a byte", poll(fds, 3, -1), fds, 3);
    read(a[0], &byte, 1);
    close(a[1]);
    show("no writer", poll(fds, 1, -1), fds, 1);
    show("closed", poll(fds, 2, 0), fds, 2);
    close(b[0]);
    fds[0].fd = b[1];
    fds[0].events = 0;
    show("no reader", poll(fds, 1, -1), fds, 1);
    fds[0].fd = -1;
    show("nobody, for a while", poll(fds, 1, 20), fds, 1);

    if (pipe(a) < 0 || pipe(b) < 0)
        return 1;
    if (fork() == 0) {
        close(a[0]);
        read(b[0], &byte, 1);
        write(a[1], "y", 1);
        _exit(0);
    }
    close(a[1]);
    write(b[1], "z", 1);
    fds[0].fd = a[0];
    fds[0].events = POLLIN;
    show("a child", poll(fds, 1, -1) > 0 && fds[0].revents & POLLIN, fds, 0);
    wait(NULL);
    show("it has ended", poll(fds, 1, -1), fds, 1);
    return 0;
}
