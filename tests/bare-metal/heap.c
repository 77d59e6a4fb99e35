/* brk gives pages and takes them. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *truth(int yes)
{
    return yes ? "true" : "false";
}

/* brk(2) itself, which gives the new end. */
static char *new_brk(char *end)
{
    return (char *)syscall(SYS_brk, end);
}

int main(void)
{
    /* The library's heap is at the same place, so it is left alone until all is done. */
    volatile char *start = new_brk((char *)(((unsigned long)new_brk(0) + 4095) & ~4095UL));
    int grows, holds, shrinks, status = 0;
    pid_t child;

    grows = new_brk((char *)start + 3 * 4096) == start + 3 * 4096;
    start[2 * 4096] = 7;
    holds = start[2 * 4096] + start[2 * 4096 + 1] + start[0];
    shrinks = new_brk((char *)start) == start;
    child = fork();
    if (child == 0) {
        start[0] = 1;
        _exit(0);
    }
    waitpid(child, &status, 0);
    dprintf(1, "grows: %s\n", truth(grows));
    dprintf(1, "the heap holds %d\n", holds);
    dprintf(1, "shrinks: %s\n", truth(shrinks));
    dprintf(1, "what was there is gone: signal %d\n", status & 0x7f);
    return 0;
}
