/* The beginner's hang: one's own open write end keeps the pipe open. With O_NONBLOCK we can look: EAGAIN, not 0. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], n;
    char buf[8];

    pipe(fd);
    fcntl(fd[0], F_SETFL, fcntl(fd[0], F_GETFL) | O_NONBLOCK);
    if (fork() == 0) {
        write(fd[1], "data", 4);
        _exit(0);
    }
    wait(NULL);
    n = read(fd[0], buf, sizeof buf);
    printf("%d bytes\n", n);
    n = read(fd[0], buf, sizeof buf);
    printf("my write end is open: %d %s\n", n, strerror(errno));
    close(fd[1]);
    n = read(fd[0], buf, sizeof buf);
    printf("closed: %d\n", n);
    return 0;
}
