/* A chain of processes: each child forks the next one; the last one finishes first, because all others wait. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

int main(int argc, char *argv[])
{
    int depth = 0, status;
    pid_t pid = 0;

    while (depth < 6) {
        pid = fork();
        if (pid == -1) {
            perror("fork");
            return 1;
        }
        if (pid > 0)
            break;
        depth++;
    }
    if (pid > 0) {
        waitpid(pid, &status, 0);
        printf("depth %d: my child said %d\n", depth, WEXITSTATUS(status));
    } else {
        printf("depth %d: I am the last\n", depth);
    }
    return depth * 10;
}
