/* Descriptors of processes. */
#include <bits/libc.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>

int pidfd_open(pid_t pid, unsigned int flags)
{
    return (int)__syscall_ret(__syscall(SYS_pidfd_open, (long)pid, (unsigned long)flags));
}

int pidfd_getfd(int pidfd, int target, unsigned int flags)
{
    return (int)__syscall_ret(__syscall(SYS_pidfd_getfd, (long)pidfd, (long)target, (unsigned long)flags));
}

int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned int flags)
{
    return (int)__syscall_ret(
        __syscall(SYS_pidfd_send_signal, (long)pidfd, (long)sig, info, (unsigned long)flags));
}
