/* main leaves by pthread_exit: the others go on, and the last one ends the process with 0. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_t main_thread;

static void at_exit(void)
{
    printf("exit functions run\n");
}

static void *go_on(void *arg)
{
    void *value;

    (void)arg;
    printf("join of main: %d", pthread_join(main_thread, &value));
    printf(", value %ld\n", (long)value);
    return (void *)9L;
}

int main(void)
{
    pthread_t thread;

    atexit(at_exit);
    main_thread = pthread_self();
    pthread_create(&thread, NULL, go_on, NULL);
    pthread_exit((void *)7L);
}
