/* echo | cat | cat: three programs, two pipes, every unused end closed. The statuses come by pid. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char *commands[3][4] = {
        { "echo", "through", "the pipeline", NULL },
        { "cat", NULL },
        { "cat", "-", NULL },
    };
    pid_t pid[3];
    int i, in = 0, fd[2], status;

    for (i = 0; i < 3; i++) {
        if (i < 2)
            pipe(fd);
        pid[i] = fork();
        if (pid[i] == 0) {
            if (in != 0) {
                dup2(in, 0);
                close(in);
            }
            if (i < 2) {
                close(fd[0]);
                dup2(fd[1], 1);
                close(fd[1]);
            }
            execvp(commands[i][0], commands[i]);
            perror(commands[i][0]);
            _exit(127);
        }
        if (in != 0)
            close(in);
        if (i < 2) {
            close(fd[1]);
            in = fd[0];
        }
    }
    for (i = 0; i < 3; i++) {
        waitpid(pid[i], &status, 0);
        printf("%s: %d\n", commands[i][0], WEXITSTATUS(status));
    }
    return 0;
}
