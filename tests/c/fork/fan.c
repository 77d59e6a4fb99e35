/* A fan of processes: one parent, n children, each with its own exit code, collected by pid. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

#define CHILDREN 8

int main(void)
{
    pid_t pids[CHILDREN];
    int i, status;

    for (i = 0; i < CHILDREN; i++) {
        if ((pids[i] = fork()) < 0) {
            perror("fork");
            abort();
        } else if (pids[i] == 0) {
            exit(i * i);
        }
    }
    for (i = CHILDREN - 1; i >= 0; i--) {
        pid_t got = waitpid(pids[i], &status, 0);
        if (got == pids[i] && WIFEXITED(status))
            printf("child %d returned %d\n", i, WEXITSTATUS(status));
    }
    printf("no more children: %d\n", wait(&status));
    return 0;
}
