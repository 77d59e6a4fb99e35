/* futex without a library: what it gives, and a handshake of two processes in shared memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int word;

static long futex(int *uaddr, int op, int val, const void *timeout, int *uaddr2, int val3)
{
    return syscall(SYS_futex, uaddr, op, val, timeout, uaddr2, val3);
}

static void show(const char *what, long result)
{
    printf("%s: %ld%s%s\n", what, result, result < 0 ? " " : "", result < 0 ? strerror(errno) : "");
}

int main(void)
{
    struct timespec none = {0, 0}, bad = {0, 1000000000};
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *readable = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status;

    show("another value", futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
    show("no time", futex(&word, FUTEX_WAIT, 0, &none, NULL, 0));
    show("bad time", futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0));
    show("no bits", futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
    show("past", futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &none, NULL, 1));
    show("clock", futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0));
    show("odd", futex((int *)((char *)&word + 1), FUTEX_WAKE, 1, NULL, NULL, 0));
    show("nowhere", futex((int *)16, FUTEX_WAKE, 1, NULL, NULL, 0));
    show("nowhere, private", futex((int *)16, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    show("read-only", futex(readable, FUTEX_WAKE, 1, NULL, NULL, 0));
    show("no operation", futex(&word, 99, 1, NULL, NULL, 0));
    show("requeue", futex(&word, FUTEX_CMP_REQUEUE, 1, NULL, shared, 7));
    show("requeue", futex(&word, FUTEX_REQUEUE, -1, NULL, shared, 0));
    show("wake op", futex(&word, FUTEX_WAKE_OP, 1, NULL, shared, FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 0)));
    printf("%d\n", *shared);
    *shared = 0;
    fflush(stdout);
    if (fork() == 0) {
        while (__atomic_load_n(shared, __ATOMIC_SEQ_CST) == 0)
            futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0);
        printf("child: %d\n", *shared);
        fflush(stdout);
        shared[1] = 1;
        futex(shared + 1, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
        _exit(0);
    }
    __atomic_store_n(shared, 42, __ATOMIC_SEQ_CST);
    futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0);
    while (__atomic_load_n(shared + 1, __ATOMIC_SEQ_CST) == 0)
        futex(shared + 1, FUTEX_WAIT, 0, NULL, NULL, 0);
    printf("parent: %d\n", shared[1]);
    wait(&status);
    return status;
}
