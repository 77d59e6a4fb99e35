/* Semaphores in memory, of threads or of processes that share it. */
#include <bits/threads.h>
#include <errno.h>
#include <semaphore.h>
#include <time.h>

int sem_init(sem_t *sem, int shared, unsigned int value)
{
    (void)shared;
    if (value > SEM_VALUE_MAX) {
        errno = EINVAL;
        return -1;
    }
    __builtin_memset(sem, 0, sizeof *sem);
    sem->__value = (int)value;
    return 0;
}

int sem_destroy(sem_t *sem)
{
    (void)sem;
    return 0;
}

/* Takes one if there is one. */
static int take(sem_t *sem)
{
    int value = __atomic_load_n(&sem->__value, __ATOMIC_RELAXED);

    while (value > 0)
        if (__atomic_compare_exchange_n(&sem->__value, &value, value - 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return 1;
    return 0;
}

int sem_trywait(sem_t *sem)
{
    if (take(sem))
        return 0;
    errno = EAGAIN;
    return -1;
}

int sem_timedwait(sem_t *sem, const struct timespec *until)
{
    while (!take(sem)) {
        long error;

        __atomic_add_fetch(&sem->__waiters, 1, __ATOMIC_RELAXED);
        error = -__futex_wait(&sem->__value, 0, until, CLOCK_REALTIME);
        __atomic_sub_fetch(&sem->__waiters, 1, __ATOMIC_RELAXED);
        if (error == EINTR || error == ETIMEDOUT || error == EINVAL) {
            errno = (int)error;
            return -1;
        }
    }
    return 0;
}

int sem_wait(sem_t *sem)
{
    return sem_timedwait(sem, 0);
}

int sem_post(sem_t *sem)
{
    int value = __atomic_load_n(&sem->__value, __ATOMIC_RELAXED);

    do {
        if (value == SEM_VALUE_MAX) {
            errno = EOVERFLOW;
            return -1;
        }
    } while (!__atomic_compare_exchange_n(&sem->__value, &value, value + 1, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    if (__atomic_load_n(&sem->__waiters, __ATOMIC_ACQUIRE) > 0)
        __futex_wake(&sem->__value, 1);
    return 0;
}

int sem_getvalue(sem_t *sem, int *value)
{
    *value = __atomic_load_n(&sem->__value, __ATOMIC_RELAXED);
    return 0;
}
