/* A blocking write of more than the pipe holds returns only when all of it is written; the reader sees it in pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define SIZE 200000

static unsigned char data[SIZE], got[SIZE + 1];

int main(void)
{
    int fd[2], n, status, i, wrong = 0;
    long total = 0;

    pipe(fd);
    if (fork() == 0) {
        close(fd[0]);
        for (i = 0; i < SIZE; i++)
            data[i] = i * 7 + i / 256;
        n = write(fd[1], data, SIZE);
        _exit(n == SIZE ? 0 : 1);
    }
    close(fd[1]);
    while ((n = read(fd[0], got + total, sizeof got - total)) > 0)
        total += n;
    for (i = 0; i < SIZE; i++)
        if (got[i] != (unsigned char)(i * 7 + i / 256))
            wrong++;
    wait(&status);
    printf("%ld bytes, %d wrong, one write: %s\n", total, wrong, WEXITSTATUS(status) == 0 ? "yes" : "no");
    return 0;
}
