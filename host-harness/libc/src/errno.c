/* errno, and the one way from a raw result of the kernel to it. */
#include <bits/libc.h>
#include <errno.h>

static int error_number;

int *__errno_location(void)
{
    return &error_number;
}

long __syscall_ret(long result)
{
    if (result < 0 && result > -4096) {
        error_number = (int)-result;
        return -1;
    }
    return result;
}
