/* What a thread has of its own, and the locks of the library: known to its own files only. */
#ifndef _BITS_THREADS_H
#define _BITS_THREADS_H

#include <bits/libc.h>
#include <sys/types.h>

struct timespec;

enum { THREAD_KEYS = 128 };

struct __cleanup {
    void (*routine)(void *);
    void *arg;
    struct __cleanup *older;
};

/* Lies at the top of the thread's stack, where its thread pointer points. The first thread has no thread pointer. */
struct __pthread {
    int error_number; /* first: errno finds it without knowing the rest */
    int tid;          /* 0 once the kernel has let the thread go (CLONE_CHILD_CLEARTID) */
    int detached;
    int taken; /* somebody joins it, or has */
    void *(*start)(void *);
    void *arg;
    void *result;
    struct __cleanup *cleanup;
    void *value[THREAD_KEYS];
    char *stack; /* its mapping, which a later thread uses again */
    size_t stack_size;
    size_t guard_size;
    struct __pthread *next;
    int left; /* it is about to end, and will not look any more whether it is the last */
};

/* The thread pointer of the processor: 0 in the first thread. */
void *__thread_pointer(void);
/* The calling thread, and its number. */
struct __pthread *__thread_self(void);
int __thread_tid(void);

/* Not 0 once there has been a second thread: until then nothing needs a lock. */
extern int __threads;
/* What is known of the threads but the first one: every stack there has been, in use or not. */
extern struct __pthread *__stacks;
extern int __stacks_lock;
/* The first thread, or the one that has forked. While it is there, no other is the last. */
extern struct __pthread *__founder;
extern int __malloc_lock;

/* A lock is 0 when free, 1 when taken, 2 when somebody waits for it. */
void __lock(int *lock);
void __unlock(int *lock);

/* Sleeps while *word is value; until NULL or an absolute time of the clock. 0, or a negated errno. */
long __futex_wait(void *word, int value, const struct timespec *until, clockid_t clock);
long __futex_wake(void *word, int count);

/* What fork does before and after, once there are threads: 0 before, 1 in the parent, 2 in the child. */
typedef void __fork_function(int when);
extern __fork_function *__at_fork;
/* The data of the thread's keys, for their destructors. */
typedef void __keys_function(struct __pthread *self);
extern __keys_function *__thread_keys_exit;

#endif
