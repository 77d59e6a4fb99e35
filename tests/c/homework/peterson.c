/* Peterson's algorithm in shared memory, between two processes, with a plain counter in the critical section. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ROUNDS 300

struct shared {
    volatile int flag[2];
    volatile int turn;
    volatile int counter;
    volatile int inside;
    volatile int clash;
};

/*
 * A processor may let a load overtake an earlier store to another place, which breaks the algorithm: without this
 * the clashes come on a real machine. A system call that takes a lock in the kernel keeps the order on x86.
 */
static void fence(void)
{
    sched_yield();
}

static void work(struct shared *s, int me)
{
    int other = 1 - me;

    for (int i = 0; i < ROUNDS; i++) {
        s->flag[me] = 1;
        s->turn = other;
        fence();
        while (s->flag[other] && s->turn == other)
            sched_yield();
        if (s->inside++)
            s->clash++;
        s->counter++;
        s->inside--;
        fence();
        s->flag[me] = 0;
    }
}

int main(void)
{
    struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (fork() == 0) {
        work(s, 1);
        _exit(0);
    }
    work(s, 0);
    wait(NULL);
    printf("counter %d of %d, clashes %d\n", s->counter, 2 * ROUNDS, s->clash);
    return 0;
}
