/* Waiting on every floor of a family: each parent adds up what its children return. 1 + 3 + 9 processes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static int family(int level, int weight)
{
    int i, status, sum = weight;

    if (level == 2)
        return weight;
    for (i = 1; i <= 3; i++)
        if (fork() == 0)
            exit(family(level + 1, weight * i));
    while (wait(&status) > 0)
        sum += WEXITSTATUS(status);
    return sum;
}

int main(void)
{
    printf("the family weighs %d\n", family(0, 2));
    return 0;
}
