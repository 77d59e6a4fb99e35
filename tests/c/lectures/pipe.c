/* Lecture 5: a pipe between parent and child, and how end of file comes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2];
    char buf[100];
    ssize_t n;

    pipe(fd);
    if (fork() == 0) {
        close(fd[0]);
        dup2(fd[1], STDOUT_FILENO);
        close(fd[1]);
        execlp("echo", "echo", "sent through the pipe", NULL);
        _exit(127);
    }
    close(fd[1]);       /* without this line the loop would never end */
    while ((n = read(fd[0], buf, sizeof buf)) > 0)
        printf("got %zd bytes: %.*s", n, (int)n, buf);
    wait(NULL);
    printf("end of file\n");
    return 0;
}
