/* The heap from several threads: nobody gets another's memory. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 3, BLOCKS = 30 };

static void *use(void *arg)
{
    unsigned char *block[BLOCKS], mark = (unsigned char)(long)arg;
    long bad = 0;
    int i, j, round;

    for (round = 0; round < 3; round++) {
        for (i = 0; i < BLOCKS; i++) {
            block[i] = malloc((size_t)(i * 7 + 8));
            memset(block[i], mark, (size_t)(i * 7 + 8));
        }
        for (i = 0; i < BLOCKS; i += 2)
            block[i] = realloc(block[i], (size_t)(i * 7 + 40));
        for (i = 0; i < BLOCKS; i++) {
            for (j = 0; j < i * 7 + 8; j++)
                bad += block[i][j] != mark;
            free(block[i]);
        }
    }
    return (void *)bad;
}

int main(void)
{
    pthread_t thread[THREADS];
    void *bad;
    long i, sum = 0;

    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, use, (void *)(i + 1));
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], &bad);
        sum += (long)bad;
    }
    printf("%ld bad bytes\n", sum);
    return 0;
}
