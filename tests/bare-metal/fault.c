/* A bad access ends who makes it, and nobody else. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef volatile unsigned char byte;

static void wild(byte *at)
{
    (void)at;
    *(byte *)0x123456789000 = 1;
}

static void null(byte *at)
{
    byte *nothing = at - (unsigned long)at;

    *at = *nothing;
}

static void kernel(byte *at)
{
    (void)at;
    *(byte *)0xffffffff80100000 = 1;
}

static void no_address(byte *at)
{
    (void)at;
    *(byte *)0x1234000000000000 = 1;
}

static void read_only(byte *at)
{
    *at = 1;
    mprotect((void *)at, 4096, PROT_READ);
    *at = 2;
}

static void data(byte *at)
{
    *at = 0xc3; /* it would be a return */
    ((void (*)(void))at)();
}

static void division(byte *at)
{
    volatile int number = 1000, zero = 0;

    number = number / zero;
    *at = number;
}

static int end_of(void (*act)(byte *))
{
    byte *at = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        act(at);
        _exit(0);
    }
    waitpid(child, &status, 0);
    munmap((void *)at, 4096);
    return status & 0x7f;
}

int main(void)
{
    static const struct { const char *what; void (*act)(byte *); } faults[] = {
        {"an address where nothing is", wild},
        {"NULL", null},
        {"the kernel's memory", kernel},
        {"no address at all", no_address},
        {"a page that is read-only", read_only},
        {"instructions among data", data},
        {"a division by zero", division},
    };
    int at;

    for (at = 0; at < 7; at++)
        dprintf(1, "%s: signal %d\n", faults[at].what, end_of(faults[at].act));
    dprintf(1, "the parent goes on\n");
    return 0;
}
