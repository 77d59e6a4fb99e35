/* An array in parts, each a thread's; the results come back through the arguments. */
#include <pthread.h>
#include <stdio.h>

enum { N = 1000, THREADS = 4 };

struct part {
    int from, to;
    long sum;
};

static int numbers[N];

static void *add(void *arg)
{
    struct part *part = arg;
    int i;

    for (i = part->from; i < part->to; i++)
        part->sum += numbers[i];
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    struct part part[THREADS];
    long sum = 0;
    int i;

    for (i = 0; i < N; i++)
        numbers[i] = i * i % 97;
    for (i = 0; i < THREADS; i++) {
        part[i].from = i * (N / THREADS);
        part[i].to = (i + 1) * (N / THREADS);
        part[i].sum = 0;
        pthread_create(&thread[i], NULL, add, &part[i]);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        printf("part %d: %ld\n", i, part[i].sum);
        sum += part[i].sum;
    }
    printf("%ld\n", sum);
    return 0;
}
