/* A stream is one thread's at a time, as often as it likes. */
#include <bits/file.h>
#include <bits/threads.h>

/* The first thread has no thread pointer, and yet a name. */
static char *own_name(void)
{
    return (char *)__thread_pointer() + 1;
}

void __stream_lock(FILE *f)
{
    char *self = own_name();

    if (f->owner != self) {
        __lock(&f->lock);
        f->owner = self;
    }
    f->depth++;
}

void __stream_unlock(FILE *f)
{
    if (--f->depth > 0)
        return;
    f->owner = 0;
    __unlock(&f->lock);
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
    int expected = 0;

    if (f->owner == own_name()) {
        f->depth++;
        return 0;
    }
    if (!__atomic_compare_exchange_n(&f->lock, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return -1;
    f->owner = own_name();
    f->depth = 1;
    return 0;
}
