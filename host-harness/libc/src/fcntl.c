/* What can be asked of and done to a descriptor. */
#include <bits/libc.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>

int fcntl(int fd, int command, ...)
{
    va_list ap;
    long arg;

    va_start(ap, command);
    arg = va_arg(ap, long); /* whatever is there: only some commands look at it */
    va_end(ap);
    return (int)__syscall_ret(__syscall(SYS_fcntl, (long)fd, (long)command, arg));
}
