/* Mutexes: one word of memory, and a futex where it is waited for. */
#include <bits/threads.h>
#include <errno.h>
#include <pthread.h>

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
    attr->__kind = PTHREAD_MUTEX_DEFAULT;
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
    if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ADAPTIVE_NP)
        return EINVAL;
    attr->__kind = type;
    return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type)
{
    *type = attr->__kind;
    return 0;
}

/* Every futex here can be shared. */
int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
    (void)attr;
    return shared == PTHREAD_PROCESS_PRIVATE || shared == PTHREAD_PROCESS_SHARED ? 0 : EINVAL;
}

int pthread_mutexattr_getpshared(const pthread_mutexattr_t *attr, int *shared)
{
    (void)attr;
    *shared = PTHREAD_PROCESS_PRIVATE;
    return 0;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
    __builtin_memset(mutex, 0, sizeof *mutex);
    if (attr)
        mutex->__kind = attr->__kind;
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return mutex->__lock ? EBUSY : 0;
}

static int knows_owner(const pthread_mutex_t *mutex)
{
    return mutex->__kind == PTHREAD_MUTEX_RECURSIVE || mutex->__kind == PTHREAD_MUTEX_ERRORCHECK;
}

static int is_own(const pthread_mutex_t *mutex)
{
    return knows_owner(mutex) && mutex->__owner == __thread_tid();
}

static int taken(pthread_mutex_t *mutex)
{
    if (knows_owner(mutex)) {
        mutex->__owner = __thread_tid();
        mutex->__count = 1;
    }
    return 0;
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until)
{
    int expected = 0;

    if (is_own(mutex)) {
        if (mutex->__kind == PTHREAD_MUTEX_ERRORCHECK)
            return EDEADLK;
        mutex->__count++;
        return 0;
    }
    if (__atomic_compare_exchange_n(&mutex->__lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return taken(mutex);
    while (__atomic_exchange_n(&mutex->__lock, 2, __ATOMIC_ACQUIRE) != 0) {
        long error = -__futex_wait(&mutex->__lock, 2, until, CLOCK_REALTIME);

        if (error == ETIMEDOUT || error == EINVAL)
            return (int)error;
    }
    return taken(mutex);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return pthread_mutex_timedlock(mutex, 0);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    int expected = 0;

    if (is_own(mutex)) {
        if (mutex->__kind == PTHREAD_MUTEX_ERRORCHECK)
            return EBUSY;
        mutex->__count++;
        return 0;
    }
    if (!__atomic_compare_exchange_n(&mutex->__lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return EBUSY;
    return taken(mutex);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (knows_owner(mutex)) {
        if (mutex->__owner != __thread_tid())
            return EPERM;
        if (--mutex->__count > 0)
            return 0;
        mutex->__owner = 0;
    }
    __unlock(&mutex->__lock);
    return 0;
}
