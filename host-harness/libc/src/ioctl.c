/* The call itself, for whoever knows its requests. */
#include <bits/libc.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

int ioctl(int fd, unsigned long request, ...)
{
    va_list ap;
    long arg;

    va_start(ap, request);
    arg = va_arg(ap, long); /* whatever is there: only some requests look at it */
    va_end(ap);
    return (int)__syscall_ret(__syscall(SYS_ioctl, (long)fd, (long)request, arg));
}
