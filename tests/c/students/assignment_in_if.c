/* if (pid = fork() == 0): the comparison binds tighter than the assignment, pid becomes 0 or 1. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int pid;

    if (pid = fork() == 0) {
        printf("child, pid is %d\n", pid);
        return 0;
    }
    wait(NULL);
    printf("parent, pid is %d\n", pid);
    return 0;
}
