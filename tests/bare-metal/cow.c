/* After fork every page is shared until somebody writes: then it is copied once, and the last sharer keeps it. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 8 };

static volatile unsigned char *at;

static long minflt(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

/* One byte into each page; how many faults that cost. */
static long touch(unsigned char byte)
{
    long before = minflt();
    int page;

    for (page = 0; page < PAGES; page++)
        at[page * 4096] = byte;
    return minflt() - before;
}

int main(void)
{
    int gate[2], status = 0;
    long faults;
    char byte;

    at = mmap(0, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    /* What measures is there already when it measures. */
    minflt();
    faults = touch(1);
    dprintf(1, "new pages: %ld faults\n", faults);
    faults = touch(2);
    dprintf(1, "once more: %ld faults\n", faults);
    pipe(gate);
    if (fork() == 0) {
        minflt();
        faults = touch(3);
        dprintf(1, "the child writes: %ld faults, the page says %d\n", faults, *at);
        faults = touch(4);
        dprintf(1, "once more: %ld faults\n", faults);
        write(gate[1], "", 1);
        _exit(*at);
    }
    close(gate[1]);
    read(gate[0], &byte, 1);
    wait(&status);
    minflt();
    dprintf(1, "the parent still reads %d, the child had %d\n", *at, status >> 8);
    faults = touch(5);
    dprintf(1, "the parent writes: %ld faults\n", faults);
    faults = touch(6);
    dprintf(1, "once more: %ld faults\n", faults);
    return 0;
}
