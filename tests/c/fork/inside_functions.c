/*
 * The child continues where fork returns, with a copy of the whole stack: it comes back
 * through all the calls that the parent made.
 */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int deepest(int n)
{
    int local = n * 100;
    pid_t pid = fork();

    if (pid == 0)
        local++;
    else
        wait(NULL);
    return local;
}

int middle(int n)
{
    int before = n + 1;
    int got = deepest(before);

    return got + before;
}

int main(void)
{
    int mine = 7;
    int result = middle(mine);

    printf("%d came back, mine is still %d\n", result, mine);
    return 0;
}
