/* Build a tree of processes from a description on stdin (number, its parent) and print it by its own processes, depth first. */
// stdin: 1 0\n2 1\n3 1\n4 2\n5 2\n6 3\n7 6\n
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static int parent_of[100], count;

static int grow(int me, int depth)
{
    int i, status, size = 1;

    printf("%*s%d\n", 2 * depth, "", me);
    fflush(stdout);
    for (i = 1; i <= count; i++) {
        if (parent_of[i] != me)
            continue;
        if (fork() == 0)
            _exit(grow(i, depth + 1));
        wait(&status);
        size += WEXITSTATUS(status);
    }
    return size;
}

int main(void)
{
    int number, parent;

    while (scanf("%d %d", &number, &parent) == 2) {
        parent_of[number] = parent;
        if (number > count)
            count = number;
    }
    printf("%d processes\n", grow(1, 0));
    return 0;
}
