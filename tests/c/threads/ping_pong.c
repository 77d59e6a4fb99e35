/* Two threads in turn, by one condition variable. */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static int turn;

static void *play(void *arg)
{
    int me = (int)(long)arg, i;

    for (i = 0; i < 5; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != me)
            pthread_cond_wait(&turned, &mutex);
        printf("%s %d\n", me ? "pong" : "ping", i);
        turn = 1 - me;
        pthread_cond_signal(&turned);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, play, (void *)1L);
    play((void *)0L);
    pthread_join(thread, NULL);
    return 0;
}
