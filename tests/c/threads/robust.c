/* A robust list: a thread that ends marks the lock that it holds, and wakes who waits for it. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

struct lock {
    struct robust_list list;
    int word;
};

static struct lock one, other;
static struct robust_list_head head = {{&one.list}, offsetof(struct lock, word), NULL};
static pthread_barrier_t barrier;

static void *hold(void *arg)
{
    int tid = gettid();

    (void)arg;
    one.list.next = &other.list;
    other.list.next = &head.list;
    one.word = tid | FUTEX_WAITERS;
    other.word = 1; /* another's */
    printf("bad size %ld\n", syscall(SYS_set_robust_list, &head, sizeof head - 1));
    printf("set %ld\n", syscall(SYS_set_robust_list, &head, sizeof head));
    pthread_barrier_wait(&barrier);
    syscall(SYS_exit, 0);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int word;

    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, hold, NULL);
    pthread_barrier_wait(&barrier);
    while (!((word = __atomic_load_n(&one.word, __ATOMIC_SEQ_CST)) & FUTEX_OWNER_DIED))
        syscall(SYS_futex, &one.word, FUTEX_WAIT, word, NULL, NULL, 0);
    printf("%x %x\n", (unsigned)word, (unsigned)other.word);
    return 0;
}
