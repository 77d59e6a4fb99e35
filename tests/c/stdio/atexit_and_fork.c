/* atexit functions are inherited by fork, and run in reverse order of registration, in each process that calls exit. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static const char *who = "parent";

static void first(void)  { printf("%s: registered first\n", who); }
static void second(void) { printf("%s: registered second\n", who); }
static void third(void)  { printf("%s: registered by the child\n", who); }

int main(void)
{
    atexit(first);
    atexit(second);
    if (fork() == 0) {
        who = "child";
        atexit(third);
        exit(0);
    }
    wait(NULL);
    return 0;
}
