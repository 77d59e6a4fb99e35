/*
 * Minor faults, as inequalities: touching fresh pages costs one each; after fork reading costs nothing,
 * writing one copy each, and writing again nothing. The parent's pages stay write-protected when the child is
 * gone: its write still faults once a page, although nothing is copied.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define PAGES 128

static volatile char *area;
static volatile int sum;

static long faults(void)
{
    struct rusage ru;

    getrusage(RUSAGE_SELF, &ru);
    return ru.ru_minflt;
}

static long touch(int write_it)
{
    long before = faults();
    int i;

    for (i = 0; i < PAGES; i++) {
        if (write_it)
            area[i * 4096] = i;
        else
            sum += area[i * 4096];
    }
    return faults() - before;
}

static const char *much(long n)
{
    return n >= PAGES ? "one a page" : n < PAGES / 4 ? "next to none" : "some";
}

int main(void)
{
    area = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    touch(0);                           /* warm up the code itself */
    munmap((void *)area, PAGES * 4096);
    area = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("first read:   %s\n", much(touch(0)));
    printf("first write:  %s\n", much(touch(1)));
    printf("second write: %s\n", much(touch(1)));
    fflush(stdout);
    if (fork() == 0) {
        printf("child reads:        %s\n", much(touch(0)));
        printf("child writes:       %s\n", much(touch(1)));
        printf("child writes again: %s\n", much(touch(1)));
        exit(0);
    }
    wait(NULL);
    printf("parent writes after the child's death: %s\n", much(touch(1)));
    printf("and again: %s\n", much(touch(1)));
    return 0;
}
