/* Processes: making them and their numbers. */
#define _GNU_SOURCE
#include <bits/threads.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

__fork_function *__at_fork;

pid_t fork(void)
{
    long result;

    if (__at_fork)
        __at_fork(0);
    result = __syscall(SYS_fork);
    if (__at_fork)
        __at_fork(result == 0 ? 2 : 1);
    return (pid_t)__syscall_ret(result);
}

pid_t __vfork_ret(long result)
{
    return (pid_t)__syscall_ret(result);
}

pid_t getpid(void)
{
    return (pid_t)__syscall(SYS_getpid);
}

pid_t getppid(void)
{
    return (pid_t)__syscall(SYS_getppid);
}

pid_t gettid(void)
{
    return (pid_t)__syscall(SYS_gettid);
}

uid_t getuid(void)
{
    return (uid_t)__syscall(SYS_getuid);
}

uid_t geteuid(void)
{
    return (uid_t)__syscall(SYS_geteuid);
}

gid_t getgid(void)
{
    return (gid_t)__syscall(SYS_getgid);
}

gid_t getegid(void)
{
    return (gid_t)__syscall(SYS_getegid);
}

mode_t umask(mode_t mask)
{
    return (mode_t)__syscall(SYS_umask, (long)mask);
}
