/* Attributes of the calling process. */
#include <bits/libc.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int prctl(int option, ...)
{
    va_list ap;
    long arg[4];
    int i;

    va_start(ap, option);
    for (i = 0; i < 4; i++)
        arg[i] = va_arg(ap, long); /* whatever is there: each option looks at its own */
    va_end(ap);
    return (int)__syscall_ret(__syscall(SYS_prctl, (long)option, arg[0], arg[1], arg[2], arg[3]));
}
