/* Lecture 6: fork, exec, wait: how a shell runs a command. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t pid;
    int status;

    pid = fork();
    if (pid < 0) { /* error occurred */
        fprintf(stderr, "Fork Failed");
        return 1;
    } else if (pid == 0) { /* child process */
        execlp("/bin/sh", "sh", "-c", "echo hello from the shell; exit 3", NULL);
        perror("exec");
        exit(127);
    } else { /* parent process */
        wait(&status);
        printf("Child Complete, status %d\n", WEXITSTATUS(status));
    }
    return 0;
}
