/* The same with semaphores: one counts what is there, one what is free. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

enum { SIZE = 3, ITEMS = 60 };

static int buffer[SIZE], in, out;
static sem_t filled, empty;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *produce(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < ITEMS; i++) {
        sem_wait(&empty);
        pthread_mutex_lock(&mutex);
        buffer[in] = i;
        in = (in + 1) % SIZE;
        pthread_mutex_unlock(&mutex);
        sem_post(&filled);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int i, sum = 0, right = 1;

    sem_init(&filled, 0, 0);
    sem_init(&empty, 0, SIZE);
    pthread_create(&thread, NULL, produce, NULL);
    for (i = 0; i < ITEMS; i++) {
        int item;

        sem_wait(&filled);
        pthread_mutex_lock(&mutex);
        item = buffer[out];
        out = (out + 1) % SIZE;
        pthread_mutex_unlock(&mutex);
        sem_post(&empty);
        sum += item;
        right = right && item == i;
    }
    pthread_join(thread, NULL);
    printf("sum %d, in order: %s\n", sum, right ? "yes" : "no");
    return 0;
}
