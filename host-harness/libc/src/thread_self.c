/* Who the calling thread is. */
#include <bits/file.h>
#include <bits/threads.h>
#include <sys/syscall.h>

static struct __pthread first_thread;

struct __pthread *__stacks;
int __stacks_lock;
struct __pthread *__founder = &first_thread;

/* The child of a fork has one thread: the one that called. */
static void at_fork(int when)
{
    struct __pthread *self = __thread_self();
    struct __pthread *other;
    FILE *f;

    switch (when) {
    case 0:
        if (__threads)
            __lock(&__malloc_lock);
        break;
    case 1:
        if (__threads)
            __unlock(&__malloc_lock);
        break;
    default:
        __malloc_lock = __stacks_lock = 0;
        __founder = self;
        for (other = __stacks; other; other = other->next)
            other->left = other != self;
        self->tid = (int)__syscall(SYS_set_tid_address, &self->tid);
        for (f = __streams; f; f = f->next) {
            f->lock = 0;
            f->depth = 0;
        }
    }
}

struct __pthread *__thread_self(void)
{
    struct __pthread *self = __thread_pointer();

    return self ? self : &first_thread;
}

int __thread_tid(void)
{
    struct __pthread *self = __thread_self();

    if (!__at_fork)
        __at_fork = at_fork;
    if (self->tid <= 0)
        self->tid = (int)__syscall(SYS_gettid);
    return self->tid;
}
