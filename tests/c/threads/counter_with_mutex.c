/* A counter that four threads raise: with a mutex no raise is lost. */
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, TURNS = 500 };

static int counter;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *raise_it(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < TURNS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, raise_it, NULL);
    for (i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("%d\n", counter);
    return 0;
}
