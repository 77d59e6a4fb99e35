/* The sum of an array by N children: each sums its slice and sends a struct through one pipe. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define SIZE 1000
#define N 4

struct answer {
    int worker;
    int from, to;
    long sum;
};

int numbers[SIZE];

int main(void)
{
    struct answer a, all[N];
    int fd[2], i, w;
    long total = 0;

    for (i = 0; i < SIZE; i++)
        numbers[i] = (i * 37 + 11) % 101;
    if (pipe(fd) == -1) {
        perror("pipe");
        return 1;
    }
    for (w = 0; w < N; w++) {
        if (fork() == 0) {
            close(fd[0]);
            a.worker = w;
            a.from = w * SIZE / N;
            a.to = (w + 1) * SIZE / N;
            a.sum = 0;
            for (i = a.from; i < a.to; i++)
                a.sum += numbers[i];
            write(fd[1], &a, sizeof a);
            exit(0);
        }
    }
    close(fd[1]);
    while (read(fd[0], &a, sizeof a) == sizeof a)
        all[a.worker] = a;
    while (wait(NULL) > 0)
        ;
    for (w = 0; w < N; w++) {
        printf("worker %d: [%d, %d) has %ld\n", all[w].worker, all[w].from, all[w].to, all[w].sum);
        total += all[w].sum;
    }
    printf("total %ld\n", total);
    return 0;
}
