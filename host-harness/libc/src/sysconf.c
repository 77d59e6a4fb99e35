/* Constants of the system that are asked for at run time. */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

static long limit_of(int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return -1;
    return (long)limit.rlim_cur;
}

int getpagesize(void)
{
    return 4096;
}

long sysconf(int name)
{
    long stack;

    switch (name) {
    case _SC_ARG_MAX:
        /* The kernel lets arguments and environment fill a quarter of the stack. */
        stack = limit_of(RLIMIT_STACK);
        return stack / 4 > 131072 ? stack / 4 : 131072;
    case _SC_CHILD_MAX: return limit_of(RLIMIT_NPROC);
    case _SC_CLK_TCK: return 100;
    case _SC_OPEN_MAX: return limit_of(RLIMIT_NOFILE);
    case _SC_PAGESIZE: return getpagesize();
    default:
        errno = EINVAL;
        return -1;
    }
}
