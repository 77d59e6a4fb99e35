/* What is done once, by whoever comes first; the others wait until it is done. */
#include <bits/threads.h>
#include <limits.h>
#include <pthread.h>

enum { FRESH, UNDER_WAY, DONE };

int pthread_once(pthread_once_t *once, void (*routine)(void))
{
    int expected = FRESH;

    if (__atomic_compare_exchange_n(once, &expected, UNDER_WAY, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        routine();
        __atomic_store_n(once, DONE, __ATOMIC_RELEASE);
        __futex_wake(once, INT_MAX);
        return 0;
    }
    while (__atomic_load_n(once, __ATOMIC_ACQUIRE) != DONE)
        __futex_wait(once, UNDER_WAY, 0, CLOCK_REALTIME);
    return 0;
}
