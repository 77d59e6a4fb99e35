/* Whose terminal it is, and who is in the foreground. */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static pid_t number(int fd, unsigned long request)
{
    pid_t pid;

    if (ioctl(fd, request, &pid) < 0)
        return -1;
    return pid;
}

pid_t tcgetpgrp(int fd)
{
    return number(fd, TIOCGPGRP);
}

int tcsetpgrp(int fd, pid_t pgrp)
{
    return ioctl(fd, TIOCSPGRP, &pgrp);
}

pid_t tcgetsid(int fd)
{
    return number(fd, TIOCGSID);
}
