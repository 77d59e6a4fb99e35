/* The child of vfork uses its parent's memory, and the parent sleeps meanwhile. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    volatile unsigned shared = 1;
    int status = 0;
    pid_t child = vfork(), reaped;

    if (child == 0) {
        shared += 41;
        _exit(7);
    }
    reaped = waitpid(child, &status, 0);
    dprintf(1, "the child left %u, status %d, reaped %s\n", shared, status >> 8, reaped == child ? "true" : "false");
    return 0;
}
