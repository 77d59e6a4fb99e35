/* pthread_once: whoever comes first does it, the others find it done. */
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 5 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int done, ready, unready;

static void begin(void)
{
    int i;

    done++;
    for (i = 0; i < 200; i++)
        ready = i == 199;
}

static void *use(void *arg)
{
    (void)arg;
    pthread_once(&once, begin);
    if (!ready)
        __sync_fetch_and_add(&unready, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, use, NULL);
    for (i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("done %d, unready %d\n", done, unready);
    return 0;
}
