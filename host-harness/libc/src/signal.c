/* Signals: sending them, and what is to happen when they come. */
#include <bits/libc.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

/* The kernel's struct, whose mask is one word. */
struct kernel_sigaction {
    __sighandler_t handler;
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

enum { MASK_BYTES = 8 };

void __restore_rt(void);

int sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
    struct kernel_sigaction set = {0}, was = {0};

    /* The thread library's two signals are nobody else's. */
    if (sig == 32 || sig == 33) {
        errno = EINVAL;
        return -1;
    }
    if (action) {
        set.handler = action->sa_handler;
        set.flags = (unsigned int)action->sa_flags | SA_RESTORER;
        set.restorer = __restore_rt;
        set.mask = action->sa_mask.__bits[0];
    }
    if (__syscall_ret(__syscall(SYS_rt_sigaction, (long)sig, action ? &set : (void *)0,
                                old ? &was : (void *)0, (long)MASK_BYTES)) < 0)
        return -1;
    if (old) {
        old->sa_handler = was.handler;
        old->sa_flags = (int)was.flags;
        old->sa_restorer = was.restorer;
        sigemptyset(&old->sa_mask);
        old->sa_mask.__bits[0] = was.mask;
    }
    return 0;
}

/* Signals whose handlers are to interrupt calls: what siginterrupt has said. */
static sigset_t interrupting;

__sighandler_t signal(int sig, __sighandler_t handler)
{
    struct sigaction action = {0}, old;

    if (handler == SIG_ERR || sig < 1 || sig >= NSIG) {
        errno = EINVAL;
        return SIG_ERR;
    }
    action.sa_handler = handler;
    sigaddset(&action.sa_mask, sig);
    action.sa_flags = sigismember(&interrupting, sig) ? 0 : SA_RESTART;
    return sigaction(sig, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int siginterrupt(int sig, int flag)
{
    struct sigaction action;

    if (sigaction(sig, 0, &action) < 0)
        return -1;
    if (flag) {
        sigaddset(&interrupting, sig);
        action.sa_flags &= ~SA_RESTART;
    } else {
        sigdelset(&interrupting, sig);
        action.sa_flags |= SA_RESTART;
    }
    return sigaction(sig, &action, 0);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    unsigned long bits = 0, was = 0;

    if (set)
        bits = set->__bits[0] & ~(3UL << 31); /* the thread library's cannot be blocked */
    if (__syscall_ret(__syscall(SYS_rt_sigprocmask, (long)how, set ? &bits : (void *)0,
                                old ? &was : (void *)0, (long)MASK_BYTES)) < 0)
        return -1;
    if (old) {
        sigemptyset(old);
        old->__bits[0] = was;
    }
    return 0;
}

/* The same, but it returns the error. */
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    int before = errno, result = 0;

    if (sigprocmask(how, set, old) < 0)
        result = errno;
    errno = before;
    return result;
}

int sigpending(sigset_t *set)
{
    sigemptyset(set);
    return (int)__syscall_ret(__syscall(SYS_rt_sigpending, set, (long)MASK_BYTES));
}

int kill(pid_t pid, int sig)
{
    return (int)__syscall_ret(__syscall(SYS_kill, (long)pid, (long)sig));
}

int killpg(pid_t group, int sig)
{
    if (group < 0) {
        errno = EINVAL;
        return -1;
    }
    return kill(-group, sig);
}

int raise(int sig)
{
    return (int)__syscall_ret(
        __syscall(SYS_tgkill, __syscall(SYS_getpid), __syscall(SYS_gettid), (long)sig));
}
