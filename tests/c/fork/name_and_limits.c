/* The child has its parent's name and limits; later changes are its own. A name has 15 characters. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void show(const char *who)
{
    char name[16];
    struct rlimit rl;

    prctl(PR_GET_NAME, name);
    getrlimit(RLIMIT_NOFILE, &rl);
    printf("%s: \"%s\", %d descriptors\n", who, name, (int)rl.rlim_cur);
    fflush(stdout);
}

int main(void)
{
    struct rlimit rl, old;

    prctl(PR_SET_NAME, "a name that is far too long");
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = 64;
    setrlimit(RLIMIT_NOFILE, &rl);
    show("parent");
    if (fork() == 0) {
        show("child");
        prctl(PR_SET_NAME, "child");
        rl.rlim_cur = 32;
        prlimit(0, RLIMIT_NOFILE, &rl, &old);
        printf("child: it was %d\n", (int)old.rlim_cur);
        show("child");
        exit(0);
    }
    wait(NULL);
    show("parent");
    return 0;
}
