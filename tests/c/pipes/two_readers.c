/* Several readers of one pipe: each number goes to exactly one of them; together they get them all. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 500

int main(void)
{
    int work[2], result[2], i, n;
    long sum, total = 0, items = 0;
    long answer[2];

    pipe(work);
    pipe(result);
    for (i = 0; i < 3; i++) {
        if (fork() == 0) {
            close(work[1]);
            answer[0] = answer[1] = 0;
            while (read(work[0], &n, sizeof n) == sizeof n) {
                answer[0]++;
                answer[1] += n;
            }
            write(result[1], answer, sizeof answer);
            exit(0);
        }
    }
    close(result[1]);
    for (n = 1; n <= N; n++)
        write(work[1], &n, sizeof n);
    close(work[1]);
    while (read(result[0], answer, sizeof answer) > 0) {
        items += answer[0];
        total += answer[1];
    }
    printf("%ld items, sum %ld\n", items, total);
    return 0;
}
