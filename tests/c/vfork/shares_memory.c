/* vfork: the child runs in the parent's memory: what it writes, the parent reads. (fork: it does not.) */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

int globvar = 6;

int main(void)
{
    volatile int var = 88;
    pid_t pid;

    printf("before vfork\n");
    if ((pid = vfork()) < 0) {
        perror("vfork error");
        exit(1);
    } else if (pid == 0) {
        globvar++;
        var++;
        _exit(0);               /* child terminates */
    }
    /* parent continues here, when the child is gone */
    printf("glob = %d, var = %d\n", globvar, var);

    if (fork() == 0) {
        globvar++;
        var++;
        _exit(0);
    }
    wait(NULL);
    wait(NULL);
    printf("after a fork: glob = %d, var = %d\n", globvar, var);
    return 0;
}
