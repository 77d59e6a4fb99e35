/* WNOHANG: 0 while the child runs, its pid when it is dead, then -1 and ECHILD. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], status = 12345;
    pid_t pid, r;

    pipe(fd);
    pid = fork();
    if (pid == 0) {
        char c;
        close(fd[1]);
        read(fd[0], &c, 1);
        exit(9);
    }
    r = waitpid(pid, &status, WNOHANG);
    printf("running: waitpid gives %d, status untouched: %d\n", (int)r, status == 12345);
    close(fd[1]);
    while ((r = waitpid(-1, &status, WNOHANG)) == 0)
        usleep(1000);
    printf("dead: waitpid gives its pid: %d, exit code %d\n", r == pid, WEXITSTATUS(status));
    r = waitpid(-1, &status, WNOHANG);
    printf("reaped: waitpid gives %d: %s\n", (int)r, strerror(errno));
    return 0;
}
