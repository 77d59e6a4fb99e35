/* Semaphores in memory, of threads or of processes that share it. */
#include <bits/threads.h>
#include <errno.h>
#include <semaphore.h>
#include <time.h>

enum { VALUE_SHIFT = 33 };

static const unsigned long ONE = 1UL << VALUE_SHIFT;

/* Half of the word holds nothing of those who wait: on that they sleep, for as long as it is 0. */
static int *value_half(sem_t *sem)
{
    return (int *)&sem->__word + 1;
}

int sem_init(sem_t *sem, int shared, unsigned int value)
{
    (void)shared;
    if (value > SEM_VALUE_MAX) {
        errno = EINVAL;
        return -1;
    }
    __builtin_memset(sem, 0, sizeof *sem);
    sem->__word = (unsigned long)value << VALUE_SHIFT;
    return 0;
}

int sem_destroy(sem_t *sem)
{
    (void)sem;
    return 0;
}

/* Takes one if there is one; who has waited for it waits no more. */
static int take(sem_t *sem, int waits)
{
    return __atomic_fetch_checked_sub(&sem->__word, ONE + waits, __ATOMIC_ACQUIRE) >= ONE;
}

int sem_trywait(sem_t *sem)
{
    if (take(sem, 0))
        return 0;
    errno = EAGAIN;
    return -1;
}

int sem_timedwait(sem_t *sem, const struct timespec *until)
{
    if (take(sem, 0))
        return 0;
    __atomic_add_fetch(&sem->__word, 1, __ATOMIC_RELAXED);
    do {
        long error = -__futex_wait(value_half(sem), 0, until, CLOCK_REALTIME);

        if (error == EINTR || error == ETIMEDOUT || error == EINVAL) {
            __atomic_sub_fetch(&sem->__word, 1, __ATOMIC_RELAXED);
            errno = (int)error;
            return -1;
        }
    } while (!take(sem, 1));
    return 0;
}

int sem_wait(sem_t *sem)
{
    return sem_timedwait(sem, 0);
}

int sem_post(sem_t *sem)
{
    unsigned long before = __atomic_fetch_checked_add(&sem->__word, ONE, __ATOMIC_RELEASE);

    if (before >> VALUE_SHIFT == SEM_VALUE_MAX) {
        errno = EOVERFLOW;
        return -1;
    }
    if (before & (ONE - 1))
        __futex_wake(value_half(sem), 1);
    return 0;
}

int sem_getvalue(sem_t *sem, int *value)
{
    *value = (int)(__atomic_load_n(&sem->__word, __ATOMIC_RELAXED) >> VALUE_SHIFT);
    return 0;
}
