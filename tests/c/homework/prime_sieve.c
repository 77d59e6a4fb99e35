/* The sieve of Eratosthenes as a pipeline that grows: each process keeps one prime and filters its multiples. (MIT 6.828) */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void sieve(int in)
{
    int fd[2], prime, n;

    if (read(in, &prime, sizeof prime) != sizeof prime)
        exit(0);
    printf("prime %d\n", prime);
    fflush(stdout);
    pipe(fd);
    if (fork() == 0) {
        close(fd[1]);
        close(in);
        sieve(fd[0]);
    }
    close(fd[0]);
    while (read(in, &n, sizeof n) == sizeof n)
        if (n % prime != 0)
            write(fd[1], &n, sizeof n);
    close(fd[1]);
    wait(NULL);
    exit(0);
}

int main(void)
{
    int fd[2], i;

    pipe(fd);
    if (fork() == 0) {
        close(fd[1]);
        sieve(fd[0]);
    }
    close(fd[0]);
    for (i = 2; i <= 50; i++)
        write(fd[1], &i, sizeof i);
    close(fd[1]);
    wait(NULL);
    return 0;
}
