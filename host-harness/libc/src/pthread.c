/* Threads: made, ended, joined. A thread's stack is a mapping, with what the library knows of the thread at its top. */
#define _GNU_SOURCE
#include <bits/threads.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, USUAL_STACK = 8 << 20 };

__keys_function *__thread_keys_exit;

static int founder_left;

static struct __pthread *thread_of(pthread_t thread)
{
    return (struct __pthread *)thread;
}

/* Whether nobody will look at the thread any more. */
static int is_over(struct __pthread *thread)
{
    return (thread->detached || thread->taken == 2) && __atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE) == 0;
}

/* A stack of this size that is not used any more; 0 if there is none. */
static struct __pthread *used_stack(size_t size, size_t guard)
{
    struct __pthread *thread;

    for (thread = __stacks; thread; thread = thread->next)
        if (thread->stack_size == size && thread->guard_size == guard && is_over(thread))
            return thread;
    return 0;
}

static struct __pthread *new_stack(size_t size, size_t guard)
{
    long result = __syscall(SYS_mmap, (void *)0, size, (long)PROT_NONE,
                            (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK), -1L, 0L);
    char *stack = (char *)result;
    struct __pthread *thread;

    if (result < 0 && result > -PAGE)
        return 0;
    if (__syscall(SYS_mprotect, stack + guard, size - guard, (long)(PROT_READ | PROT_WRITE)) < 0) {
        __syscall(SYS_munmap, stack, size);
        return 0;
    }
    thread = (struct __pthread *)((uintptr_t)(stack + size - sizeof *thread) & ~(uintptr_t)63);
    thread->stack = stack;
    thread->stack_size = size;
    thread->guard_size = guard;
    thread->next = __stacks;
    __stacks = thread;
    return thread;
}

static size_t usual_stack(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur < PTHREAD_STACK_MIN)
        return USUAL_STACK;
    return (limit.rlim_cur + PAGE - 1) & ~(size_t)(PAGE - 1);
}

static struct __pthread *prepare(const pthread_attr_t *attr)
{
    size_t size = attr && attr->__stack_size ? attr->__stack_size : usual_stack();
    size_t guard = attr ? attr->__guard_size : PAGE;
    struct __pthread *thread;

    size = (size + PAGE - 1) & ~(size_t)(PAGE - 1);
    guard = (guard + PAGE - 1) & ~(size_t)(PAGE - 1);
    if (guard + PTHREAD_STACK_MIN > size)
        size += guard;
    __lock(&__stacks_lock);
    thread = used_stack(size, guard);
    if (!thread)
        thread = new_stack(size, guard);
    if (thread) {
        thread->error_number = 0;
        thread->tid = -1; /* not over */
        thread->left = 0;
        thread->detached = attr && attr->__detached;
        thread->taken = 0;
        thread->result = 0;
        thread->cleanup = 0;
    }
    __unlock(&__stacks_lock);
    return thread;
}

static int start_thread(void *arg)
{
    struct __pthread *self = arg;

    pthread_exit(self->start(self->arg));
}

int pthread_create(pthread_t *result, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
    const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                                CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    struct __pthread *thread;
    long tid;

    if (!__threads) {
        struct __pthread *self = __thread_self();

        /* So that the first thread can be joined as well. */
        __thread_tid();
        __syscall(SYS_set_tid_address, &self->tid);
        __threads = 1;
    }
    thread = prepare(attr);
    if (!thread)
        return EAGAIN;
    thread->start = start;
    thread->arg = arg;
    *result = (pthread_t)thread;
    tid = __clone_call(start_thread, thread, flags, thread, &thread->tid, thread, &thread->tid);
    if (tid < 0) {
        thread->left = thread->detached = 1;
        thread->tid = 0;
        return (int)-tid;
    }
    return 0;
}

/* Whether the caller, which ends, is the last thread. A count of the threads would tell, but all would have to change it;
   this way they do not touch what others touch too, as long as the founder is there. Whoever leaves says so before it
   looks whether the founder has: of two that leave at the same time, one at least sees the other. */
static int is_last(struct __pthread *self)
{
    static int found;
    struct __pthread *other;
    int last;

    __atomic_store_n(&self->left, 1, __ATOMIC_SEQ_CST);
    if (self == __founder)
        __atomic_store_n(&founder_left, 1, __ATOMIC_SEQ_CST);
    else if (!__atomic_load_n(&founder_left, __ATOMIC_SEQ_CST))
        return 0;
    __lock(&__stacks_lock);
    last = !found;
    for (other = __stacks; other && last; other = other->next)
        last = __atomic_load_n(&other->left, __ATOMIC_SEQ_CST);
    found |= last;
    __unlock(&__stacks_lock);
    return last;
}

void pthread_exit(void *result)
{
    struct __pthread *self = __thread_self();

    while (self->cleanup) {
        struct __cleanup *entry = self->cleanup;

        self->cleanup = entry->older;
        entry->routine(entry->arg);
    }
    if (__thread_keys_exit)
        __thread_keys_exit(self);
    self->result = result;
    /* The last thread ends the process, as if main had returned 0. */
    if (is_last(self))
        exit(0);
    for (;;)
        __syscall(SYS_exit, 0L);
}

int pthread_join(pthread_t other, void **result)
{
    struct __pthread *thread = thread_of(other);
    int tid;

    if (thread->detached || __atomic_exchange_n(&thread->taken, 1, __ATOMIC_ACQ_REL))
        return EINVAL;
    if (thread == __thread_self()) {
        thread->taken = 0;
        return EDEADLK;
    }
    while ((tid = __atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE)) != 0)
        __futex_wait(&thread->tid, tid, 0, CLOCK_REALTIME);
    if (result)
        *result = thread->result;
    __atomic_store_n(&thread->taken, 2, __ATOMIC_RELEASE);
    return 0;
}

int pthread_detach(pthread_t other)
{
    struct __pthread *thread = thread_of(other);

    return __atomic_exchange_n(&thread->detached, 1, __ATOMIC_ACQ_REL) ? EINVAL : 0;
}

pthread_t pthread_self(void)
{
    return (pthread_t)__thread_self();
}

int pthread_equal(pthread_t one, pthread_t other)
{
    return one == other;
}

static int tid_of(pthread_t thread)
{
    return thread_of(thread) == __thread_self() ? __thread_tid() : thread_of(thread)->tid;
}

/* The number of the clock of a thread is ~tid << 3, with 6. */
int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
    int tid = tid_of(thread);

    if (tid <= 0)
        return ESRCH;
    *clock = ~tid << 3 | 6;
    return 0;
}

int pthread_kill(pthread_t other, int sig)
{
    int tid = tid_of(other);

    if (tid <= 0)
        return ESRCH;
    return (int)-__syscall(SYS_tgkill, (long)getpid(), (long)tid, (long)sig);
}

int pthread_yield(void)
{
    return sched_yield();
}

void __cleanup_push(struct __cleanup *entry)
{
    struct __pthread *self = __thread_self();

    entry->older = self->cleanup;
    self->cleanup = entry;
}

void __cleanup_pop(struct __cleanup *entry, int execute)
{
    __thread_self()->cleanup = entry->older;
    if (execute)
        entry->routine(entry->arg);
}

/* The kernel lets a thread name itself alone. */
int pthread_setname_np(pthread_t thread, const char *name)
{
    if (__strlen(name) > 15)
        return ERANGE;
    if (thread != pthread_self())
        return EPERM;
    return (int)-__syscall(SYS_prctl, (long)PR_SET_NAME, name);
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    if (size < 16)
        return ERANGE;
    if (thread != pthread_self())
        return EPERM;
    return (int)-__syscall(SYS_prctl, (long)PR_GET_NAME, name);
}
