/* errno is each thread's own. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_barrier_t barrier;

static void *fail(void *arg)
{
    int before = errno;

    (void)arg;
    close(-1);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return (void *)(long)(before == 0 && errno == EBADF);
}

int main(void)
{
    pthread_t thread;
    void *value;

    pthread_barrier_init(&barrier, NULL, 2);
    errno = ENOENT;
    pthread_create(&thread, NULL, fail, NULL);
    pthread_barrier_wait(&barrier);
    printf("main: %s\n", errno == ENOENT ? "ENOENT" : "?");
    errno = ESPIPE;
    pthread_barrier_wait(&barrier);
    pthread_join(thread, &value);
    printf("thread: %s\n", value ? "its own" : "?");
    return 0;
}
