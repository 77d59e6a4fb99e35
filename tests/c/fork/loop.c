/*
 * fork() in a loop in which the children go on with the loop: 2^n processes.
 * Every process knows how many children of its own it has collected; together 2^n - 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 5

int main(void)
{
    int fd[2], i, children = 0, processes = 0, sum = 0;
    pid_t first = getpid();
    unsigned char mine, got;
    int histogram[N + 1] = { 0 };

    if (pipe(fd) < 0)
        return 1;
    for (i = 0; i < N; i++)
        fork();
    while (wait(NULL) != -1)
        children++;
    mine = children;
    write(fd[1], &mine, 1);
    if (getpid() != first)
        exit(0);
    close(fd[1]);
    while (read(fd[0], &got, 1) > 0) {
        processes++;
        sum += got;
        histogram[got]++;
    }
    printf("%d processes, %d of them are children\n", processes, sum);
    for (i = 0; i <= N; i++)
        printf("%2d with %d children\n", histogram[i], i);
    return 0;
}
