/* errno, and the one way from a raw result of the kernel to it. */
#include <bits/threads.h>
#include <errno.h>

/* The first thread's; the others have theirs at their thread pointer. */
static int error_number;

int *__errno_location(void)
{
    int *own = __thread_pointer();

    return own ? own : &error_number;
}

long __syscall_ret(long result)
{
    if (result < 0 && result > -4096) {
        errno = (int)-result;
        return -1;
    }
    return result;
}
