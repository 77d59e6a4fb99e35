/* Waits with a time limit: a mutex, a condition variable, a semaphore. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;

static struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec time;

    clock_gettime(clock, &time);
    time.tv_nsec += ms * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

static void *try_mutex(void *arg)
{
    struct timespec until = in_ms(CLOCK_REALTIME, 20);

    (void)arg;
    printf("mutex: %s\n", pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT ? "ETIMEDOUT" : "?");
    return NULL;
}

int main(void)
{
    struct timespec until = in_ms(CLOCK_REALTIME, 20);
    pthread_condattr_t attr;
    pthread_cond_t monotonic;
    pthread_t thread;

    pthread_mutex_lock(&mutex);
    printf("cond: %s\n", pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT ? "ETIMEDOUT" : "?");
    printf("past: %s\n", pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT ? "ETIMEDOUT" : "?");
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&monotonic, &attr);
    until = in_ms(CLOCK_MONOTONIC, 20);
    printf("monotonic: %s\n", pthread_cond_timedwait(&monotonic, &mutex, &until) == ETIMEDOUT ? "ETIMEDOUT" : "?");
    pthread_create(&thread, NULL, try_mutex, NULL);
    pthread_join(thread, NULL);
    pthread_mutex_unlock(&mutex);
    sem_init(&sem, 0, 0);
    until = in_ms(CLOCK_REALTIME, 20);
    printf("sem: %d", sem_timedwait(&sem, &until));
    printf(" %s\n", errno == ETIMEDOUT ? "ETIMEDOUT" : "?");
    sem_post(&sem);
    printf("sem: %d\n", sem_timedwait(&sem, &until));
    return 0;
}
