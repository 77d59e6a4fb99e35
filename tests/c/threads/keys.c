/* Keys: a value for each thread, and what becomes of it when the thread ends. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_key_t key, second;
static int freed;

static void release(void *value)
{
    __sync_fetch_and_add(&freed, *(int *)value);
    free(value);
}

static void again(void *value)
{
    printf("round %ld\n", (long)value);
    if ((long)value < 3)
        pthread_setspecific(second, (void *)((long)value + 1));
}

static void *use(void *arg)
{
    int *own = malloc(sizeof *own);

    *own = (int)(long)arg;
    if (pthread_getspecific(key))
        printf("not empty\n");
    pthread_setspecific(key, own);
    return (void *)(long)(*(int *)pthread_getspecific(key) == (int)(long)arg);
}

static void *use_second(void *arg)
{
    pthread_setspecific(second, arg);
    return NULL;
}

int main(void)
{
    pthread_t thread[4];
    void *value;
    long i;
    int right = 0;

    pthread_key_create(&key, release);
    for (i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, use, (void *)(i + 1));
    for (i = 0; i < 4; i++) {
        pthread_join(thread[i], &value);
        right += (int)(long)value;
    }
    printf("right %d, freed %d\n", right, freed);
    pthread_key_create(&second, again);
    pthread_create(&thread[0], NULL, use_second, (void *)1L);
    pthread_join(thread[0], NULL);
    printf("delete %d", pthread_key_delete(key));
    printf(", again %s\n", pthread_key_delete(key) == EINVAL ? "EINVAL" : "?");
    printf("set %s\n", pthread_setspecific(key, &key) == EINVAL ? "EINVAL" : "?");
    return 0;
}
