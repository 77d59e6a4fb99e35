/* Two threads that write, in any order. */
#include <pthread.h>
#include <unistd.h>

static void *work(void *text)
{
    write(1, text, 1);
    return NULL;
}

int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, work, "A");
    pthread_create(&b, NULL, work, "B");
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    write(1, "\n", 1);
    return 0;
}
