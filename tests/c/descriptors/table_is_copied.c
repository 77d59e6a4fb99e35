/* fork copies the descriptor table: the child's close, dup2 and new pipes leave the parent's numbers alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], extra[2], n;
    char buf[10];

    pipe(fd);
    if (fork() == 0) {
        close(fd[0]);
        dup2(fd[1], 30);
        write(30, "child", 5);
        pipe(extra);
        _exit(fcntl(30, F_GETFD) == 0 ? 0 : 1);
    }
    wait(NULL);
    n = read(fd[0], buf, sizeof buf);
    printf("my read end is open: %.*s\n", n, buf);
    n = fcntl(30, F_GETFD);
    printf("30 is not: %d %s\n", n, strerror(errno));
    return 0;
}
