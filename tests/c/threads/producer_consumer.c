/* A bounded buffer with a mutex and two condition variables: nothing is lost, and each producer's order is kept. */
#include <pthread.h>
#include <stdio.h>

enum { SIZE = 4, EACH = 25, PRODUCERS = 3, CONSUMERS = 2, TOTAL = EACH * PRODUCERS };

static int buffer[SIZE], in, out, count, taken;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static long sum;
static int last[PRODUCERS], disorder;

static void *produce(void *arg)
{
    int who = (int)(long)arg, i;

    for (i = 1; i <= EACH; i++) {
        pthread_mutex_lock(&mutex);
        while (count == SIZE)
            pthread_cond_wait(&not_full, &mutex);
        buffer[in] = who * 1000 + i;
        in = (in + 1) % SIZE;
        count++;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *consume(void *arg)
{
    (void)arg;
    for (;;) {
        int item;

        pthread_mutex_lock(&mutex);
        while (count == 0 && taken < TOTAL)
            pthread_cond_wait(&not_empty, &mutex);
        if (taken == TOTAL) {
            pthread_mutex_unlock(&mutex);
            return NULL;
        }
        item = buffer[out];
        out = (out + 1) % SIZE;
        count--;
        taken++;
        sum += item;
        if (item % 1000 != last[item / 1000] + 1)
            disorder++;
        last[item / 1000] = item % 1000;
        pthread_cond_signal(&not_full);
        if (taken == TOTAL)
            pthread_cond_broadcast(&not_empty);
        pthread_mutex_unlock(&mutex);
    }
}

int main(void)
{
    pthread_t thread[PRODUCERS + CONSUMERS];
    long i;

    for (i = 0; i < CONSUMERS; i++)
        pthread_create(&thread[PRODUCERS + i], NULL, consume, NULL);
    for (i = 0; i < PRODUCERS; i++)
        pthread_create(&thread[i], NULL, produce, (void *)i);
    for (i = 0; i < PRODUCERS + CONSUMERS; i++)
        pthread_join(thread[i], NULL);
    printf("%d items, sum %ld, %d out of order\n", taken, sum, disorder);
    return 0;
}
