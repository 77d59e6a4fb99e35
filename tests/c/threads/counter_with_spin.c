/* The same with a spin lock, and with atomic additions of gcc. */
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 3, TURNS = 200 };

static int guarded, atomic, fetched;
static pthread_spinlock_t lock;

static void *raise_it(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < TURNS; i++) {
        pthread_spin_lock(&lock);
        guarded++;
        pthread_spin_unlock(&lock);
        __sync_fetch_and_add(&atomic, 2);
        __atomic_add_fetch(&fetched, 3, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    int i;

    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, raise_it, NULL);
    for (i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("%d %d %d\n", guarded, atomic, fetched);
    printf("trylock %d", pthread_spin_trylock(&lock));
    printf(", again %s\n", pthread_spin_trylock(&lock) ? "busy" : "free");
    pthread_spin_destroy(&lock);
    return 0;
}
