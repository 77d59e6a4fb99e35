/* exit in any thread ends all of them, with the functions of atexit. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void at_exit(void)
{
    printf("exit functions run\n");
}

static void *leave(void *arg)
{
    (void)arg;
    printf("exit in a thread\n");
    exit(5);
}

int main(void)
{
    pthread_t thread;

    atexit(at_exit);
    pthread_create(&thread, NULL, leave, NULL);
    for (;;)
        pause();
}
