/* Barriers: the last to come lets all go. */
#include <bits/threads.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
    attr->__shared = 0;
    return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
    attr->__shared = shared;
    return shared == PTHREAD_PROCESS_PRIVATE || shared == PTHREAD_PROCESS_SHARED ? 0 : EINVAL;
}

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr, unsigned int count)
{
    (void)attr;
    if (count == 0)
        return EINVAL;
    __builtin_memset(barrier, 0, sizeof *barrier);
    barrier->__needed = count;
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    (void)barrier;
    return 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    unsigned int sequence;

    __lock(&barrier->__lock);
    sequence = barrier->__sequence;
    if (++barrier->__there == barrier->__needed) {
        barrier->__there = 0;
        __atomic_store_n(&barrier->__sequence, sequence + 1, __ATOMIC_RELEASE);
        __unlock(&barrier->__lock);
        __futex_wake(&barrier->__sequence, INT_MAX);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    __unlock(&barrier->__lock);
    while (__atomic_load_n(&barrier->__sequence, __ATOMIC_ACQUIRE) == sequence)
        __futex_wait(&barrier->__sequence, (int)sequence, 0, CLOCK_REALTIME);
    return 0;
}
