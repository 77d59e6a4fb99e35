/* Locks for many readers or one writer. Readers go first, as with glibc. */
#include <bits/threads.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
    attr->__shared = 0;
    return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
    attr->__shared = shared;
    return shared == PTHREAD_PROCESS_PRIVATE || shared == PTHREAD_PROCESS_SHARED ? 0 : EINVAL;
}

int pthread_rwlock_init(pthread_rwlock_t *rwlock, const pthread_rwlockattr_t *attr)
{
    (void)attr;
    __builtin_memset(rwlock, 0, sizeof *rwlock);
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *rwlock)
{
    (void)rwlock;
    return 0;
}

/* 0, or why the lock cannot be had now: EBUSY, or EDEADLK where it never could. */
static int try(pthread_rwlock_t *rwlock, int write)
{
    if (rwlock->__writer == __thread_tid())
        return EDEADLK;
    if (rwlock->__writer || (write && rwlock->__readers > 0))
        return EBUSY;
    if (write)
        rwlock->__writer = __thread_tid();
    else
        rwlock->__readers++;
    return 0;
}

static int lock(pthread_rwlock_t *rwlock, int write)
{
    unsigned int sequence;
    int error;

    for (;;) {
        __lock(&rwlock->__lock);
        error = try(rwlock, write);
        sequence = rwlock->__sequence;
        if (error == EBUSY)
            rwlock->__waiters++;
        __unlock(&rwlock->__lock);
        if (error != EBUSY)
            return error;
        __futex_wait(&rwlock->__sequence, (int)sequence, 0, CLOCK_REALTIME);
        __atomic_sub_fetch(&rwlock->__waiters, 1, __ATOMIC_RELAXED);
    }
}

static int trylock(pthread_rwlock_t *rwlock, int write)
{
    int error;

    __lock(&rwlock->__lock);
    error = try(rwlock, write);
    __unlock(&rwlock->__lock);
    return error ? EBUSY : 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *rwlock)
{
    return lock(rwlock, 0);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *rwlock)
{
    return trylock(rwlock, 0);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *rwlock)
{
    return lock(rwlock, 1);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *rwlock)
{
    return trylock(rwlock, 1);
}

int pthread_rwlock_unlock(pthread_rwlock_t *rwlock)
{
    int wake;

    __lock(&rwlock->__lock);
    if (rwlock->__writer)
        rwlock->__writer = 0;
    else if (rwlock->__readers > 0)
        rwlock->__readers--;
    wake = rwlock->__readers == 0 && __atomic_load_n(&rwlock->__waiters, __ATOMIC_ACQUIRE) > 0;
    if (wake)
        rwlock->__sequence++;
    __unlock(&rwlock->__lock);
    if (wake)
        __futex_wake(&rwlock->__sequence, INT_MAX);
    return 0;
}
