/* Processes: making them and their numbers. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t fork(void)
{
    return (pid_t)__syscall_ret(__syscall(SYS_fork));
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
