/* The terminal has the name that the first terminal window has; nothing can be opened by it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char name[] = "/dev/pts/0";

char *ttyname(int fd)
{
    return isatty(fd) ? name : 0;
}

int ttyname_r(int fd, char *buffer, size_t size)
{
    if (!isatty(fd))
        return errno;
    if (size < sizeof name)
        return ERANGE;
    strcpy(buffer, name);
    return 0;
}

char *ctermid(char *buffer)
{
    static char own[L_ctermid];

    return strcpy(buffer ? buffer : own, "/dev/tty");
}
