/*
 * The close-on-exec pipe tells the parent whether the exec worked: end of file if it did,
 * because exec closed the write end; otherwise errno through the pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void spawn(const char *path)
{
    int fd[2], err = 0, n, status;

    pipe(fd);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    if (fork() == 0) {
        execl(path, path, "hello", (char *)NULL);
        err = errno;
        write(fd[1], &err, sizeof err);
        _exit(127);
    }
    close(fd[1]);
    n = read(fd[0], &err, sizeof err);
    close(fd[0]);
    wait(&status);
    if (n == 0)
        printf("%s started, exit code %d\n", path, WEXITSTATUS(status));
    else
        printf("%s did not start: %s\n", path, strerror(err));
    fflush(stdout);
}

int main(void)
{
    spawn("/bin/true");
    spawn("/bin/echo");
    spawn("/bin/hello");
    return 0;
}
