/* A fork bomb with a fuse: every process forks twice down to depth 5. The exit codes add up to the number of processes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int bomb(int depth)
{
    int i, status, total = 1;

    if (depth == 5)
        return total;
    for (i = 0; i < 2; i++)
        if (fork() == 0)
            exit(bomb(depth + 1));
    while (wait(&status) > 0)
        total += WEXITSTATUS(status);
    return total;
}

int main(void)
{
    printf("%d processes\n", bomb(0));
    return 0;
}
