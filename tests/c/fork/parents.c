/* getppid() in the child is the parent's pid; in the grandchild it is the child's. All pids differ. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t top = getpid();

    if (fork() == 0) {
        pid_t middle = getpid();
        printf("child:      parent is top: %d, a new pid: %d\n", getppid() == top, middle != top);
        fflush(stdout);
        if (fork() == 0) {
            printf("grandchild: parent is the child: %d, parent is top: %d\n",
                   getppid() == middle, getppid() == top);
            printf("grandchild: a new pid: %d\n", getpid() != middle && getpid() != top);
            exit(0);
        }
        wait(NULL);
        exit(0);
    }
    wait(NULL);
    printf("top:        still the same pid: %d\n", getpid() == top);
    return 0;
}
