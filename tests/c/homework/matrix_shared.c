/* Matrix product into shared memory: the children write their parts of the result, nothing is sent. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define N 12

typedef double matrix[N][N];

int main(void)
{
    static matrix a, b;
    matrix *c = mmap(NULL, sizeof(matrix), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int i, j, k;
    double trace = 0;

    for (i = 0; i < N; i++)
        for (j = 0; j < N; j++) {
            a[i][j] = i + j / 2.0;
            b[i][j] = i == j ? 2 : 0.25;
        }
    for (i = 0; i < N; i++)
        if (fork() == 0) {
            for (j = 0; j < N; j++)
                for (k = 0; k < N; k++)
                    (*c)[i][j] += a[i][k] * b[k][j];
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    for (i = 0; i < N; i++)
        trace += (*c)[i][i];
    printf("c[0][0] = %.3f, c[11][11] = %.3f, trace = %.4f\n", (*c)[0][0], (*c)[N - 1][N - 1], trace);
    return 0;
}
