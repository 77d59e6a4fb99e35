/* Two threads count to two without a lock. What can the counter be at the end? */
#include <pthread.h>
#include <stdio.h>

static int counter;

static void *count(void *unused)
{
    for (int i = 0; i < 2; i++)
        counter++;
    return unused;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, count, NULL);
    pthread_create(&b, NULL, count, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d\n", counter);
    return 0;
}
