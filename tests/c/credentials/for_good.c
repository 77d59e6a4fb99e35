/* setuid by root changes all three numbers, and there is no way back. */
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
    show("root");
    printf("setuid %d\n", setuid(1001));
    show("then");
    result = setuid(0);
    printf("back %d, %s\n", result, strerror(errno));
    printf("the same again %d\n", setuid(1001));
    result = setuid((uid_t)-1);
    printf("no user %d, %s\n", result, strerror(errno));
    return 0;
}
