/* Condition variables: a number that every signal changes, on which the waiters sleep. */
#include <bits/threads.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>

int pthread_condattr_init(pthread_condattr_t *attr)
{
    attr->__clock = CLOCK_REALTIME;
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    attr->__clock = (int)clock;
    return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock)
{
    *clock = attr->__clock;
    return 0;
}

int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared)
{
    (void)attr;
    return shared == PTHREAD_PROCESS_PRIVATE || shared == PTHREAD_PROCESS_SHARED ? 0 : EINVAL;
}

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
    __builtin_memset(cond, 0, sizeof *cond);
    if (attr)
        cond->__clock = attr->__clock;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
    (void)cond;
    return 0;
}

/* Between the look at the number and the sleep a signal changes it, and then there is no sleep. */
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
    unsigned int sequence = __atomic_load_n(&cond->__sequence, __ATOMIC_ACQUIRE);
    long error = 0;
    int failed;

    if (until && (until->tv_nsec < 0 || until->tv_nsec >= 1000000000))
        return EINVAL;
    __atomic_add_fetch(&cond->__waiters, 1, __ATOMIC_RELAXED);
    failed = pthread_mutex_unlock(mutex);
    if (!failed)
        error = -__futex_wait(&cond->__sequence, (int)sequence, until, cond->__clock);
    __atomic_sub_fetch(&cond->__waiters, 1, __ATOMIC_RELAXED);
    if (failed)
        return failed;
    pthread_mutex_lock(mutex);
    return error == ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    return pthread_cond_timedwait(cond, mutex, 0);
}

static int wake(pthread_cond_t *cond, int count)
{
    if (__atomic_load_n(&cond->__waiters, __ATOMIC_ACQUIRE) == 0)
        return 0;
    __atomic_add_fetch(&cond->__sequence, 1, __ATOMIC_RELEASE);
    __futex_wake(&cond->__sequence, count);
    return 0;
}

int pthread_cond_signal(pthread_cond_t *cond)
{
    return wake(cond, 1);
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
    return wake(cond, INT_MAX);
}
