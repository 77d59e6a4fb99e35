/* pthread_cleanup_push: what runs at pthread_exit, the youngest first. */
#include <pthread.h>
#include <stdio.h>

static void say(void *arg)
{
    printf("%s\n", (char *)arg);
}

static void *leave(void *arg)
{
    pthread_cleanup_push(say, "first");
    pthread_cleanup_push(say, "second");
    pthread_cleanup_push(say, "popped and run");
    pthread_cleanup_pop(1);
    pthread_cleanup_push(say, "popped");
    pthread_cleanup_pop(0);
    if (arg)
        pthread_exit(NULL);
    printf("no exit\n");
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    long i;

    for (i = 0; i < 2; i++) {
        pthread_create(&thread, NULL, leave, (void *)i);
        pthread_join(thread, NULL);
        printf("--\n");
    }
    return 0;
}
