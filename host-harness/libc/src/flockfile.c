/* A stream is one thread's at a time, as often as it likes. */
#include <bits/file.h>
#include <bits/threads.h>
#include <time.h>

/* In the lock beside the name: somebody waits for it. */
enum { WAITED = 1 };

/* The first thread has no thread pointer, and yet a name. */
static long own_name(void)
{
    return (long)__thread_pointer() + 2;
}

/* Locks it if it is open; what the lock was. */
static long try(FILE *f, long name)
{
    long was = 0;

    __atomic_compare_exchange_n(&f->lock, &was, name, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    return was;
}

/* The lock is looked at once: whoever reads it first to see whose it is makes a step that all others notice. */
void __stream_lock(FILE *f)
{
    long self = own_name(), was = try(f, self);

    if ((was & ~WAITED) == self) {
        f->depth++;
        return;
    }
    while (was) {
        long waited = was | WAITED;

        if (was == waited ||
            __atomic_compare_exchange_n(&f->lock, &was, waited, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            __futex_wait(&f->lock, (int)waited, 0, CLOCK_REALTIME);
        /* There may be others that wait. */
        was = try(f, self | WAITED);
    }
    f->depth = 1;
}

void __stream_unlock(FILE *f)
{
    if (--f->depth > 0)
        return;
    if (__atomic_exchange_n(&f->lock, 0, __ATOMIC_RELEASE) & WAITED)
        __futex_wake(&f->lock, 1);
}

void flockfile(FILE *f)
{
    __stream_lock(f);
}

void funlockfile(FILE *f)
{
    __stream_unlock(f);
}

int ftrylockfile(FILE *f)
{
    long self = own_name(), was = try(f, self);

    if (was && (was & ~WAITED) != self)
        return -1;
    f->depth = was ? f->depth + 1 : 1;
    return 0;
}
