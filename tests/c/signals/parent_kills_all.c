/* A parent that starts workers, lets them run for a while, and ends them all. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define WORKERS 5

int main(void)
{
    pid_t pid[WORKERS];
    int i, status, killed = 0;
    volatile unsigned long n = 0;

    for (i = 0; i < WORKERS; i++) {
        pid[i] = fork();
        if (pid[i] == 0)
            for (;;)
                n++;
    }
    usleep(20000);
    for (i = 0; i < WORKERS; i++)
        kill(pid[i], i % 2 ? SIGTERM : SIGKILL);
    for (i = 0; i < WORKERS; i++) {
        waitpid(pid[i], &status, 0);
        if (WIFSIGNALED(status))
            killed++;
        printf("worker %d: signal %d\n", i, WTERMSIG(status));
    }
    printf("%d workers killed, n is still %lu\n", killed, n);
    return 0;
}
