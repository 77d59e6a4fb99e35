/* Detached threads: nobody joins them; a semaphore tells that they are done. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static sem_t done;
static int sum;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *add(void *arg)
{
    pthread_mutex_lock(&mutex);
    sum += (int)(long)arg;
    pthread_mutex_unlock(&mutex);
    sem_post(&done);
    return NULL;
}

int main(void)
{
    pthread_attr_t attr;
    pthread_t thread;
    int i;

    sem_init(&done, 0, 0);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (i = 1; i <= 20; i++)
        if (pthread_create(&thread, &attr, add, (void *)(long)i) != 0)
            printf("thread %d was not made\n", i);
    for (i = 1; i <= 20; i++)
        sem_wait(&done);
    printf("%d\n", sum);
    return 0;
}
