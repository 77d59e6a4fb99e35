/* brk and sbrk: the heap's end moves, fresh memory is zero, and each process has its own break after fork. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char *old, *now;
    int i, dirty = 0;

    setbuf(stdout, NULL);               /* so that stdio does not use the heap */
    old = sbrk(0);
    now = sbrk(3 * 4096);
    printf("sbrk gives the old end: %d\n", now == old);
    for (i = 0; i < 3 * 4096; i++)
        dirty |= now[i];
    printf("fresh memory is zero: %d\n", !dirty);
    strcpy(old, "on the heap");
    if (fork() == 0) {
        printf("child has it: %s\n", old);
        sbrk(4096);
        printf("child's end moved by %ld\n", (long)((char *)sbrk(0) - old));
        _exit(0);
    }
    wait(NULL);
    printf("parent's end moved by %ld\n", (long)((char *)sbrk(0) - old));
    printf("brk back: %d\n", brk(old));
    printf("at the start again: %d\n", sbrk(0) == old);
    sbrk(4096);
    printf("grown again, it is zero: %d\n", old[0] == 0);
    return 0;
}
