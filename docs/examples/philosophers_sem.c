/* The dining philosophers as threads, with a semaphore for each fork. */
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#define N 3

static sem_t forks[N];

static void *philosopher(void *number)
{
    long left = (long)number, right = (left + 1) % N;

    sem_wait(&forks[left]);
    sem_wait(&forks[right]);
    sem_post(&forks[right]);
    sem_post(&forks[left]);
    return NULL;
}

int main(void)
{
    pthread_t threads[N];

    for (int i = 0; i < N; i++)
        sem_init(&forks[i], 0, 1);
    for (long i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, philosopher, (void *)i);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    write(1, "all have eaten\n", 15);
    return 0;
}
