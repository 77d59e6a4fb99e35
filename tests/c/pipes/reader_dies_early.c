/* The reader takes three numbers and goes. The writer, who would write for ever, is killed by SIGPIPE. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], status, i, n;
    pid_t writer;

    pipe(fd);
    writer = fork();
    if (writer == 0) {
        close(fd[0]);
        for (i = 1;; i++)
            write(fd[1], &i, sizeof i);
    }
    close(fd[1]);
    for (i = 0; i < 3; i++) {
        read(fd[0], &n, sizeof n);
        printf("%d\n", n);
    }
    close(fd[0]);
    waitpid(writer, &status, 0);
    printf("writer: signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return 0;
}
