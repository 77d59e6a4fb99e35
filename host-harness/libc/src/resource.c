/* What a process has used and may use. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <sys/resource.h>
#include <sys/syscall.h>

int getrusage(int who, struct rusage *usage)
{
    return (int)__syscall_ret(__syscall(SYS_getrusage, (long)who, usage));
}

int prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old)
{
    return (int)__syscall_ret(__syscall(SYS_prlimit64, (long)pid, (long)resource, limit, old));
}

int getrlimit(int resource, struct rlimit *limit)
{
    return prlimit(0, resource, 0, limit);
}

int setrlimit(int resource, const struct rlimit *limit)
{
    return prlimit(0, resource, limit, 0);
}
