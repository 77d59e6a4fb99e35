/* Matrix product, one child a row; the rows come back through one pipe per child. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 4

static int a[N][N] = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 9, 10, 11, 12 }, { 13, 14, 15, 16 } };
static int b[N][N] = { { 1, 0, 0, 1 }, { 0, 2, 0, 0 }, { 0, 0, 3, 0 }, { 1, 0, 0, 4 } };
static int c[N][N];

int main(void)
{
    int fd[N][2], i, j, k;

    for (i = 0; i < N; i++) {
        pipe(fd[i]);
        if (fork() == 0) {
            for (j = 0; j < N; j++)
                for (k = 0, c[i][j] = 0; k < N; k++)
                    c[i][j] += a[i][k] * b[k][j];
            write(fd[i][1], c[i], sizeof c[i]);
            exit(0);
        }
        close(fd[i][1]);
    }
    for (i = 0; i < N; i++) {
        printf("mine before: %d,", c[i][0]);
        read(fd[i][0], c[i], sizeof c[i]);
        for (j = 0; j < N; j++)
            printf(" %4d", c[i][j]);
        printf("\n");
    }
    while (wait(NULL) != -1)
        ;
    return 0;
}
