/* exec keeps the pid and the parent: the shell's $$ is the number that fork returned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char text[32] = "";
    int fd[2], n;
    pid_t pid;

    pipe(fd);
    pid = fork();
    if (pid == 0) {
        dup2(fd[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", "echo $$", (char *)NULL);
        _exit(127);
    }
    close(fd[1]);
    n = read(fd[0], text, sizeof text - 1);
    printf("waited for it: %d\n", waitpid(pid, NULL, 0) == pid);
    printf("$$ was the same pid: %d\n", n > 0 && atoi(text) == pid);
    return 0;
}
