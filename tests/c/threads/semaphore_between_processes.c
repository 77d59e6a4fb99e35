/* A semaphore and a mutex in shared memory hold for processes as well. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    sem_t ready;
    pthread_mutex_t mutex;
    int counter;
};

int main(void)
{
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attr;
    int i, child;

    sem_init(&s->ready, 1, 0);
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&s->mutex, &attr);
    for (child = 0; child < 3; child++)
        if (fork() == 0) {
            for (i = 0; i < 50; i++) {
                pthread_mutex_lock(&s->mutex);
                s->counter++;
                pthread_mutex_unlock(&s->mutex);
            }
            sem_post(&s->ready);
            _exit(0);
        }
    for (child = 0; child < 3; child++)
        sem_wait(&s->ready);
    printf("%d\n", s->counter);
    while (wait(NULL) > 0)
        ;
    return 0;
}
