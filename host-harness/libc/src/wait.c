/* Waiting for children. */
#include <bits/libc.h>
#include <sys/syscall.h>
#include <sys/wait.h>

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    return (pid_t)__syscall_ret(__syscall(SYS_wait4, (long)pid, status, (long)options, usage));
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait4(-1, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, 0);
}

pid_t wait(int *status)
{
    return wait4(-1, status, 0, 0);
}

int waitid(idtype_t idtype, id_t id, siginfo_t *info, int options)
{
    return (int)__syscall_ret(
        __syscall(SYS_waitid, (long)idtype, (long)id, info, (long)options, (void *)0));
}
