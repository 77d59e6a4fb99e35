/* fputs of more than a buffer: what was buffered goes first, order is kept; the write calls of stdio stay in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static char big[9000];

int main(void)
{
    int fd[2], n;
    long sizes = 0, bytes = 0;
    char *all = malloc(20000);

    pipe(fd);
    if (fork() == 0) {
        dup2(fd[1], 1);
        close(fd[0]);
        memset(big, 'b', sizeof big - 1);
        printf("aaa");
        fputs(big, stdout);
        printf("ccc");
        exit(0);
    }
    close(fd[1]);
    while ((n = read(fd[0], all + bytes, 20000 - bytes)) > 0)
        bytes += n;
    all[bytes] = 0;
    wait(NULL);
    printf("%ld bytes, begins %.5s, ends %s\n", bytes, all, all + bytes - 5);
    return 0;
}
