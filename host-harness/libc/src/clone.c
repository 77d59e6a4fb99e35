/* A child that runs a function on a stack of its own. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>

int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
    uintptr_t top = (uintptr_t)stack & ~(uintptr_t)15;
    va_list ap;
    void *extra[3] = {0, 0, 0};
    int i, wanted = 0;

    if (!fn || !stack) {
        errno = EINVAL;
        return -1;
    }
    if (flags & CLONE_CHILD_SETTID || flags & CLONE_CHILD_CLEARTID)
        wanted = 3;
    else if (flags & CLONE_SETTLS)
        wanted = 2;
    else if (flags & (CLONE_PARENT_SETTID | CLONE_PIDFD))
        wanted = 1;
    va_start(ap, arg);
    for (i = 0; i < wanted; i++)
        extra[i] = va_arg(ap, void *);
    va_end(ap);
    return (int)__syscall_ret(
        __clone_call(fn, (void *)top, (unsigned int)flags, arg, extra[0], extra[1], extra[2]));
}
