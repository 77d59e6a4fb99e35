/* Readers never see half of what a writer writes. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

enum { READERS = 3, WRITERS = 2, TURNS = 30 };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int a, b, torn;

static void *read_it(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < TURNS; i++) {
        pthread_rwlock_rdlock(&lock);
        if (a != b)
            __sync_fetch_and_add(&torn, 1);
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

static void *write_it(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < TURNS; i++) {
        pthread_rwlock_wrlock(&lock);
        a++;
        b++;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[READERS + WRITERS];
    int i;

    for (i = 0; i < READERS + WRITERS; i++)
        pthread_create(&thread[i], NULL, i < READERS ? read_it : write_it, NULL);
    for (i = 0; i < READERS + WRITERS; i++)
        pthread_join(thread[i], NULL);
    printf("%d %d, torn %d\n", a, b, torn);
    pthread_rwlock_rdlock(&lock);
    printf("second reader: %d\n", pthread_rwlock_tryrdlock(&lock));
    printf("writer: %s\n", pthread_rwlock_trywrlock(&lock) == EBUSY ? "EBUSY" : "has it");
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_unlock(&lock);
    printf("writer: %d\n", pthread_rwlock_wrlock(&lock));
    printf("again: %s\n", pthread_rwlock_wrlock(&lock) == EDEADLK ? "EDEADLK" : "has it");
    printf("reader: %s\n", pthread_rwlock_tryrdlock(&lock) == EBUSY ? "EBUSY" : "has it");
    pthread_rwlock_unlock(&lock);
    return pthread_rwlock_destroy(&lock);
}
