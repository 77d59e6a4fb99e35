/* Bytes stay in the pipe after the writer is dead and reaped; a read takes what is there, up to what was asked. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char buf[100];
    int fd[2], n;

    pipe(fd);
    if (fork() == 0) {
        write(fd[1], "first ", 6);
        write(fd[1], "second ", 7);
        write(fd[1], "third", 5);
        _exit(0);
    }
    wait(NULL);
    close(fd[1]);
    n = read(fd[0], buf, 4);
    printf("%d: %.*s\n", n, n, buf);
    n = read(fd[0], buf, 100);
    printf("%d: %.*s\n", n, n, buf);
    n = read(fd[0], buf, 100);
    printf("%d\n", n);
    return 0;
}
