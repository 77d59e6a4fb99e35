/* The same by exit codes: they have 8 bits, so it works only up to fib(13) = 233. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int dofib(int n)
{
    pid_t a, b;
    int left, right;

    if (n < 2)
        exit(n);
    if ((a = fork()) == 0)
        dofib(n - 1);
    if ((b = fork()) == 0)
        dofib(n - 2);
    waitpid(a, &left, 0);
    waitpid(b, &right, 0);
    exit(WEXITSTATUS(left) + WEXITSTATUS(right));
}

int main(void)
{
    int status;

    if (fork() == 0)
        dofib(7);
    wait(&status);
    printf("fib(7) = %d\n", WEXITSTATUS(status));
    return WEXITSTATUS(status);
}
