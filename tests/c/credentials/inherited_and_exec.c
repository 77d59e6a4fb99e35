/* A child has its parent's numbers; exec makes the saved one what the effective one is. */
// user: root
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *who)
{
    uid_t r, e, s;

    getresuid(&r, &e, &s);
    printf("%s: %d %d %d\n", who, (int)r, (int)e, (int)s);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        show("new program");
        printf("back to root: %d\n", seteuid(0));
        return 0;
    }
    setresuid(1001, 1002, 0);
    show("parent");
    if (fork() == 0) {
        show("child");
        execl("/bin/sh", "sh", "-c", "echo shell $?", (char *)0);
        return 1;
    }
    wait(NULL);
    return 0;
}
