/* Fibonacci by processes: fib(n) forks children for fib(n-1) and fib(n-2), who answer through pipes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static int fib(int n)
{
    int fd[2], i, part, sum = 0;

    if (n < 2)
        return n;
    pipe(fd);
    for (i = 1; i <= 2; i++) {
        if (fork() == 0) {
            part = fib(n - i);
            write(fd[1], &part, sizeof part);
            _exit(0);
        }
    }
    close(fd[1]);
    while (read(fd[0], &part, sizeof part) == sizeof part)
        sum += part;
    close(fd[0]);
    wait(NULL);
    wait(NULL);
    return sum;
}

int main(void)
{
    int n;

    for (n = 0; n <= 8; n++)
        printf("fib(%d) = %d\n", n, fib(n));
    return 0;
}
