/* Leibniz's series for pi, divided among four children who send doubles. Summed in the order of the children, to be exact. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 4
#define TERMS 40000

int main(void)
{
    int fd[N][2], i, k;
    double part, pi = 0;

    for (i = 0; i < N; i++) {
        pipe(fd[i]);
        if (fork() == 0) {
            part = 0;
            for (k = i; k < TERMS; k += N)
                part += (k % 2 ? -4.0 : 4.0) / (2 * k + 1);
            write(fd[i][1], &part, sizeof part);
            _exit(0);
        }
    }
    for (i = 0; i < N; i++) {
        read(fd[i][0], &part, sizeof part);
        printf("part %d: %+.10f\n", i, part);
        pi += part;
        wait(NULL);
    }
    printf("pi is about %.6f\n", pi);
    return 0;
}
