/* Static locals, shadowing, globals and fork: what lives where, and which copy changes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static int counter(void)
{
    static int calls = 100;

    return ++calls;
}

int x = 1;
extern int defined_later;

int main(void)
{
    int x = 2;

    {
        int x = 3;
        printf("inner %d\n", x);
    }
    {
        extern int x;
        printf("global %d\n", x);
    }
    for (int x = 4; x < 5; x++)
        printf("loop %d\n", x);
    printf("outer %d, later %d\n", x, defined_later);
    counter();
    counter();
    fflush(stdout);
    if (fork() == 0) {
        printf("child: %d\n", counter());
        exit(0);
    }
    wait(NULL);
    printf("parent: %d\n", counter());
    return 0;
}

int defined_later = 77;
