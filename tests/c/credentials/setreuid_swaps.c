/* setreuid can swap the real and the effective user; what it does to the saved one depends on what it changed. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void show(const char *when, int result)
{
    uid_t r, e, s;
    int error = errno;

    getresuid(&r, &e, &s);
    printf("%s: %d %d %d%s%s\n", when, (int)r, (int)e, (int)s, result ? ", " : "", result ? strerror(error) : "");
}

int main(void)
{
    show("1001, 1002", setreuid(1001, 1002));
    show("swapped", setreuid(1002, 1001));
    show("effective as it is", setreuid(-1, 1001));
    show("effective to the real", setreuid(-1, 1002));
    show("real to the effective", setreuid(1002, -1));
    show("lost", setreuid(1001, -1));
    show("root", setreuid(0, 0));
    return 0;
}
