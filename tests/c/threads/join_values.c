/* What a thread returns, or gives to pthread_exit, is what pthread_join gets. */
#include <pthread.h>
#include <stdio.h>

static void *square(void *arg)
{
    long n = (long)arg;

    return (void *)(n * n);
}

static void leave(long value)
{
    pthread_exit((void *)value);
}

static void *through_exit(void *arg)
{
    leave((long)arg + 1);
    return (void *)-1L;
}

int main(void)
{
    pthread_t thread[5], last;
    void *value;
    long i;

    for (i = 0; i < 5; i++)
        pthread_create(&thread[i], NULL, square, (void *)i);
    for (i = 4; i >= 0; i--) {
        pthread_join(thread[i], &value);
        printf("%ld: %ld\n", i, (long)value);
    }
    pthread_create(&last, NULL, through_exit, (void *)41L);
    pthread_join(last, &value);
    printf("%ld\n", (long)value);
    return 0;
}
