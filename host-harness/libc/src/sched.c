/* Giving way to others. */
#include <bits/libc.h>
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int sched_yield(void)
{
    return (int)__syscall_ret(__syscall(SYS_sched_yield));
}

/* The kernel answers 20 - nice, so that no answer looks like an error. */
int getpriority(int which, id_t who)
{
    long result = __syscall_ret(__syscall(SYS_getpriority, (long)which, (long)who));

    return result < 0 ? -1 : 20 - (int)result;
}

int setpriority(int which, id_t who, int priority)
{
    return (int)__syscall_ret(__syscall(SYS_setpriority, (long)which, (long)who, (long)priority));
}

/* -1 can be an answer too, so a caller looks at errno. */
int nice(int increment)
{
    int before = errno;
    int priority;

    errno = 0;
    priority = getpriority(PRIO_PROCESS, 0);
    if (priority == -1 && errno)
        return -1;
    if (setpriority(PRIO_PROCESS, 0, priority + increment) < 0) {
        if (errno == EACCES)
            errno = EPERM;
        return -1;
    }
    errno = before;
    return getpriority(PRIO_PROCESS, 0);
}
