/* A barrier between phases: what all wrote in one, all read in the next; one of them is told that it was the last. */
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, PHASES = 5 };

static pthread_barrier_t barrier;
static int value[THREADS], serial, wrong;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
    int me = (int)(long)arg, phase, i, sum;

    for (phase = 1; phase <= PHASES; phase++) {
        value[me] = phase * (me + 1);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
            __sync_fetch_and_add(&serial, 1);
        for (sum = 0, i = 0; i < THREADS; i++)
            sum += value[i];
        if (sum != phase * THREADS * (THREADS + 1) / 2) {
            pthread_mutex_lock(&mutex);
            wrong++;
            pthread_mutex_unlock(&mutex);
        }
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    long i;

    pthread_barrier_init(&barrier, NULL, THREADS);
    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, work, (void *)i);
    for (i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("serial %d, wrong %d\n", serial, wrong);
    return pthread_barrier_destroy(&barrier);
}
