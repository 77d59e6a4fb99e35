/* A binary tree of processes, built by recursion. The waits make it print in order: left, node, right. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

void node(int depth, int number)
{
    if (depth < 3) {
        fflush(stdout);
        if (fork() == 0) {
            node(depth + 1, 2 * number);
            exit(0);
        }
        wait(NULL);
    }
    printf("%*snode %d\n", 4 * depth, "", number);
    if (depth < 3) {
        fflush(stdout);
        if (fork() == 0) {
            node(depth + 1, 2 * number + 1);
            exit(0);
        }
        wait(NULL);
    }
}

int main(void)
{
    node(0, 1);
    return 0;
}
