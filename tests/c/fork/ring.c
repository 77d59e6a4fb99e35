/* A ring of processes: each one knows its left and right neighbour only by pipes; a token goes round. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 7
#define ROUNDS 5

int main(void)
{
    int ring[N][2], i, token;

    for (i = 0; i < N; i++)
        if (pipe(ring[i]) == -1)
            return 1;
    for (i = 1; i < N; i++) {
        if (fork() == 0) {
            while (read(ring[i - 1][0], &token, sizeof token) == sizeof token && token >= 0) {
                token += i;
                write(ring[i][1], &token, sizeof token);
            }
            write(ring[i][1], &token, sizeof token);
            _exit(0);
        }
    }
    token = 0;
    for (i = 0; i < ROUNDS; i++) {
        write(ring[0][1], &token, sizeof token);
        read(ring[N - 1][0], &token, sizeof token);
        printf("round %d: token is %d\n", i + 1, token);
    }
    token = -1;
    write(ring[0][1], &token, sizeof token);
    read(ring[N - 1][0], &token, sizeof token);
    for (i = 0; wait(NULL) > 0; i++)
        ;
    printf("the last token is %d, %d processes joined\n", token, i);
    return 0;
}
