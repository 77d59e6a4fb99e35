/* What pthread_join, pthread_detach and pthread_create refuse. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_barrier_t barrier;

static const char *name(int error)
{
    return error == 0 ? "0" : error == EINVAL ? "EINVAL" : error == EDEADLK ? "EDEADLK" : strerror(error);
}

static void *wait_here(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&barrier);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_attr_t attr;
    int state;
    size_t size;

    pthread_barrier_init(&barrier, NULL, 2);
    printf("oneself: %s\n", name(pthread_join(pthread_self(), NULL)));
    pthread_create(&thread, NULL, wait_here, NULL);
    printf("detach: %s\n", name(pthread_detach(thread)));
    printf("again: %s\n", name(pthread_detach(thread)));
    printf("join of a detached one: %s\n", name(pthread_join(thread, NULL)));
    pthread_barrier_wait(&barrier);

    pthread_attr_init(&attr);
    pthread_attr_getdetachstate(&attr, &state);
    printf("joinable: %d\n", state == PTHREAD_CREATE_JOINABLE);
    printf("bad state: %s\n", name(pthread_attr_setdetachstate(&attr, 7)));
    printf("small stack: %s\n", name(pthread_attr_setstacksize(&attr, 100)));
    printf("stack: %s\n", name(pthread_attr_setstacksize(&attr, 64 * 1024)));
    pthread_attr_getstacksize(&attr, &size);
    printf("%zu\n", size);
    pthread_create(&thread, &attr, wait_here, NULL);
    pthread_attr_destroy(&attr);
    pthread_barrier_wait(&barrier);
    printf("join: %s\n", name(pthread_join(thread, NULL)));
    printf("empty barrier: %s\n", name(pthread_barrier_init(&barrier, NULL, 0)));
    printf("equal: %d %d\n", pthread_equal(pthread_self(), pthread_self()) != 0,
           pthread_equal(pthread_self(), thread) != 0);
    return 0;
}
