/* Lecture 2: a zombie. The child has ended, its parent sleeps and never waits: only the exit code is left of it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        printf("child: I exit now\n");
        exit(7);
    }
    sleep(1);
    printf("parent: my child is a zombie, and I do not care\n");
    return 0;
}
