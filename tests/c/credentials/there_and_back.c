/* seteuid changes the effective number alone: the saved one is the way back. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int result;

static void show(const char *when)
{
    uid_t r, e, s;

    getresuid(&r, &e, &s);
    printf("%s: %d %d %d\n", when, (int)r, (int)e, (int)s);
}

int main(void)
{
    printf("there %d\n", seteuid(1001));
    show("acts as");
    result = seteuid(1002);
    printf("other %d, %s\n", result, strerror(errno));
    printf("back %d\n", seteuid(0));
    show("again");
    printf("saved away %d\n", setresuid(1001, 1001, 1002));
    show("now");
    printf("to the saved one %d\n", seteuid(1002));
    show("now");
    result = seteuid(0);
    printf("root %d, %s\n", result, strerror(errno));
    return 0;
}
