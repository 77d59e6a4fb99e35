/* Whose terminal it is, and who is in the foreground. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static pid_t number(int fd, long request)
{
    pid_t pid;

    if (__syscall_ret(__syscall(SYS_ioctl, (long)fd, request, &pid)) < 0)
        return -1;
    return pid;
}

pid_t tcgetpgrp(int fd)
{
    return number(fd, TIOCGPGRP);
}

int tcsetpgrp(int fd, pid_t pgrp)
{
    return (int)__syscall_ret(__syscall(SYS_ioctl, (long)fd, (long)TIOCSPGRP, &pgrp));
}

pid_t tcgetsid(int fd)
{
    return number(fd, TIOCGSID);
}
