/* Exit functions may register others and print; the exit code stands already. exit from a nested call ends all. */
#include <stdio.h>
#include <stdlib.h>

static int depth;

static void last(void)
{
    printf("last of all\n");
}

static void report(void)
{
    printf("left at depth %d\n", depth);
    atexit(last);
}

static void dive(int n)
{
    depth = n;
    if (n == 4)
        exit(44);
    dive(n + 1);
    printf("never reached\n");
}

int main(void)
{
    atexit(report);
    dive(1);
    return 0;
}
