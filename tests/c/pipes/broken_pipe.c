/* Writing where nobody can read: SIGPIPE kills the writer; if it is ignored, write fails with EPIPE. write of 0 bytes is 0. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], status, n;

    pipe(fd);
    close(fd[0]);
    if (fork() == 0) {
        write(fd[1], "x", 1);
        _exit(0);
    }
    wait(&status);
    printf("default: killed by signal %d: %s\n", WTERMSIG(status), strsignal(WTERMSIG(status)));

    n = write(fd[1], "x", 0);
    printf("0 bytes: %d\n", n);
    signal(SIGPIPE, SIG_IGN);
    n = write(fd[1], "x", 1);
    printf("ignored: %d %s\n", n, strerror(errno));
    return 0;
}
