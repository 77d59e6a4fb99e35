/* fork() is an expression like any other: its value takes part in arithmetic, as an argument, as an index. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static int say(const char *who, int value)
{
    printf("%s %d\n", who, value);
    return value;
}

int main(void)
{
    static const char *const name[] = { "child", "parent" };
    int r;

    r = 10 * (fork() != 0) + 1;
    if (r == 1)
        exit(say("ten times nothing and one:", r));
    wait(NULL);
    say("ten times one and one:", r);
    fflush(stdout);

    const char *who = name[!!fork()];
    if (*who == 'p')
        wait(&r);
    printf("I am the %s\n", who);
    return 0;
}
