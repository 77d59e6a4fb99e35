/* Waiting for signals, and sending one with a value. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MASK_BYTES = 8 };

int sigsuspend(const sigset_t *mask)
{
    return (int)__syscall_ret(__syscall(SYS_rt_sigsuspend, mask->__bits, (long)MASK_BYTES));
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
    long got = __syscall_ret(__syscall(SYS_rt_sigtimedwait, set->__bits, info, timeout, (long)MASK_BYTES));

    /* Who sends to a thread is nothing that POSIX knows. */
    if (got > 0 && info && info->si_code == SI_TKILL)
        info->si_code = SI_USER;
    return (int)got;
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    return sigtimedwait(set, info, 0);
}

/* Unlike the others it returns the error, and never EINTR. */
int sigwait(const sigset_t *set, int *sig)
{
    siginfo_t info;
    int got, before = errno, error;

    do
        got = sigtimedwait(set, &info, 0);
    while (got < 0 && errno == EINTR);
    error = errno;
    errno = before;
    if (got < 0)
        return error;
    *sig = got;
    return 0;
}

int sigqueue(pid_t pid, int sig, const union sigval value)
{
    siginfo_t info = {0};

    info.si_signo = sig;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value = value;
    return (int)__syscall_ret(__syscall(SYS_rt_sigqueueinfo, (long)pid, (long)sig, &info));
}

int sigaltstack(const stack_t *stack, stack_t *old)
{
    return (int)__syscall_ret(__syscall(SYS_sigaltstack, stack, old));
}
