/* Descriptors from which signals are read. */
#include <bits/libc.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

enum { MASK_BYTES = 8 };

int signalfd(int fd, const sigset_t *mask, int flags)
{
    return (int)__syscall_ret(
        __syscall(SYS_signalfd4, (long)fd, mask->__bits, (long)MASK_BYTES, (long)flags));
}
