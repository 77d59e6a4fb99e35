/* nice: a child inherits the nice value; raising it again needs no right, and the parent keeps its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

int main(void)
{
    int base = getpriority(PRIO_PROCESS, 0), status;

    nice(3);
    if (fork() == 0) {
        int inherited = getpriority(PRIO_PROCESS, 0) - base;
        nice(2);
        printf("child: inherited +%d, now +%d\n", inherited, getpriority(PRIO_PROCESS, 0) - base);
        exit(0);
    }
    wait(&status);
    printf("parent: +%d\n", getpriority(PRIO_PROCESS, 0) - base);
    setpriority(PRIO_PROCESS, 0, 19);
    printf("setpriority: %d\n", getpriority(PRIO_PROCESS, 0));
    setpriority(PRIO_PROCESS, 0, 100);
    printf("beyond the end: %d\n", getpriority(PRIO_PROCESS, 0));
    return 0;
}
