/* Locks in the library's own use, on futexes. */
#include <bits/threads.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

int __threads;
int __malloc_lock;

void __lock(int *lock)
{
    int expected = 0;

    if (__atomic_compare_exchange_n(lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    /* From here on it is marked as waited for, also by the one who gets it: there may be others. */
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
        __futex_wait(lock, 2, 0, CLOCK_REALTIME);
}

void __unlock(int *lock)
{
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
        __futex_wake(lock, 1);
}

/* Not private: the word may lie in memory that processes share. */
long __futex_wait(void *word, int value, const struct timespec *until, clockid_t clock)
{
    long op = FUTEX_WAIT_BITSET | (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);

    if (!until)
        return __syscall(SYS_futex, word, (long)FUTEX_WAIT, (long)value, (void *)0);
    return __syscall(SYS_futex, word, op, (long)value, until, (void *)0, (long)FUTEX_BITSET_MATCH_ANY);
}

long __futex_wake(void *word, int count)
{
    return __syscall(SYS_futex, word, (long)FUTEX_WAKE, (long)count);
}
