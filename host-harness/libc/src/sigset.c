/* Sets of signals. */
#include <errno.h>
#include <signal.h>

int sigemptyset(sigset_t *set)
{
    __builtin_memset(set, 0, sizeof *set);
    return 0;
}

int sigfillset(sigset_t *set)
{
    __builtin_memset(set, 0, sizeof *set);
    set->__bits[0] = ~(3UL << 31); /* 32 and 33 belong to the thread library */
    return 0;
}

static int is_signal(int sig)
{
    if (sig > 0 && sig < NSIG)
        return 1;
    errno = EINVAL;
    return 0;
}

int sigaddset(sigset_t *set, int sig)
{
    if (!is_signal(sig))
        return -1;
    set->__bits[0] |= 1UL << (sig - 1);
    return 0;
}

int sigdelset(sigset_t *set, int sig)
{
    if (!is_signal(sig))
        return -1;
    set->__bits[0] &= ~(1UL << (sig - 1));
    return 0;
}

int sigismember(const sigset_t *set, int sig)
{
    if (!is_signal(sig))
        return -1;
    return (int)(set->__bits[0] >> (sig - 1) & 1);
}

int sigisemptyset(const sigset_t *set)
{
    return set->__bits[0] == 0;
}

int sigandset(sigset_t *set, const sigset_t *left, const sigset_t *right)
{
    sigemptyset(set);
    set->__bits[0] = left->__bits[0] & right->__bits[0];
    return 0;
}

int sigorset(sigset_t *set, const sigset_t *left, const sigset_t *right)
{
    sigemptyset(set);
    set->__bits[0] = left->__bits[0] | right->__bits[0];
    return 0;
}
