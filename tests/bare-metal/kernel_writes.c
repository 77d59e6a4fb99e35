/* The kernel itself writes to a page that parent and child share: it is copied for it too. */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static int result(int value)
{
    return value < 0 ? -errno : value;
}

int main(void)
{
    volatile char *at = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = 0, got;

    *at = '.';
    if (fork() == 0) {
        got = result(uname((struct utsname *)at));
        dprintf(1, "uname gives %d, the page begins with %c\n", got, *at);
        _exit(0);
    }
    wait(&status);
    dprintf(1, "the parent's page begins with %c\n", *at);
    dprintf(1, "uname of nowhere gives %d\n", result(uname((struct utsname *)8)));
    mprotect((void *)at, 4096, PROT_READ);
    dprintf(1, "uname of a page that is read-only gives %d\n", result(uname((struct utsname *)at)));
    return 0;
}
