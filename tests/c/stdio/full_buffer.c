/*
 * When the buffer is full (4096 bytes on a pipe) it is written out: after 100 lines of 50 bytes
 * the first 4096 bytes have left, and only the other 904 are in both processes.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], i, n, total = 0, child_bytes;
    char buf[512], line[51];

    /* stdout goes through our own pipe, to be counted. */
    int saved = dup(1);
    pipe(fd);
    dup2(fd[1], 1);
    close(fd[1]);

    memset(line, '.', 49);
    line[49] = '\n';
    line[50] = 0;
    for (i = 0; i < 100; i++)
        fputs(line, stdout);
    if (fork() == 0)
        return 0;           /* flushes the child's copy of the rest */
    wait(NULL);
    fflush(stdout);
    dup2(saved, 1);
    while ((n = read(fd[0], buf, sizeof buf)) > 0)
        total += n;
    child_bytes = total - 100 * 50;
    printf("5000 bytes printed, %d arrived, %d of them twice\n", total, child_bytes);
    return 0;
}
