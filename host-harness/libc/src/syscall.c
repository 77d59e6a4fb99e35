/* Any system call by number. */
#include <bits/libc.h>
#include <stdarg.h>
#include <unistd.h>

long syscall(long number, ...)
{
    va_list ap;
    long arg[6];
    int i;

    va_start(ap, number);
    for (i = 0; i < 6; i++)
        arg[i] = va_arg(ap, long); /* whatever is there: each call looks at its own */
    va_end(ap);
    return __syscall_ret(__syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]));
}
