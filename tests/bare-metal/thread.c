/* CLONE_VM: two processes, one memory. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

static int counts(void *place)
{
    *(volatile unsigned *)place += 41;
    return 7;
}

int main(void)
{
    char *stack = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile unsigned *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t child, reaped;

    *shared = 1;
    child = clone(counts, stack + 4 * 4096, CLONE_VM | SIGCHLD, (void *)shared);
    reaped = waitpid(child, &status, 0);
    dprintf(1, "the child left %u, status %d, reaped %s\n", *shared, status >> 8, reaped == child ? "true" : "false");
    return 0;
}
