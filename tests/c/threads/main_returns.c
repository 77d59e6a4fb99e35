/* main returns: the process ends, whatever its other threads do. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *sleep_long(void *arg)
{
    (void)arg;
    sleep(1000);
    printf("never\n");
    return NULL;
}

int main(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, sleep_long, NULL);
    printf("main returns\n");
    return 3;
}
