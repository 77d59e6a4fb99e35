/* Process groups and sessions. */
#include <bits/libc.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t getpgid(pid_t pid)
{
    return (pid_t)__syscall_ret(__syscall(SYS_getpgid, (long)pid));
}

pid_t getpgrp(void)
{
    return (pid_t)__syscall(SYS_getpgid, 0L);
}

int setpgid(pid_t pid, pid_t group)
{
    return (int)__syscall_ret(__syscall(SYS_setpgid, (long)pid, (long)group));
}

int setpgrp(void)
{
    return setpgid(0, 0);
}

pid_t setsid(void)
{
    return (pid_t)__syscall_ret(__syscall(SYS_setsid));
}

pid_t getsid(pid_t pid)
{
    return (pid_t)__syscall_ret(__syscall(SYS_getsid, (long)pid));
}
