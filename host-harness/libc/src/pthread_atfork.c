/* What a program wants done around a fork. */
#include <bits/threads.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct handlers {
    void (*prepare)(void);
    void (*parent)(void);
    void (*child)(void);
    struct handlers *older, *younger;
};

static struct handlers *oldest, *youngest;
static void (*next_at_fork)(int when);

/* The youngest prepares first, the oldest goes on first. */
static void at_fork(int when)
{
    struct handlers *h;

    if (when == 0) {
        for (h = youngest; h; h = h->older)
            if (h->prepare)
                h->prepare();
        next_at_fork(when);
        return;
    }
    next_at_fork(when);
    for (h = oldest; h; h = h->younger) {
        void (*handler)(void) = when == 1 ? h->parent : h->child;

        if (handler)
            handler();
    }
}

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    struct handlers *h = malloc(sizeof *h);

    if (!h)
        return ENOMEM;
    __thread_tid(); /* the library's own come innermost */
    h->prepare = prepare;
    h->parent = parent;
    h->child = child;
    h->older = youngest;
    h->younger = 0;
    if (youngest)
        youngest->younger = h;
    else
        oldest = h;
    youngest = h;
    if (__at_fork != at_fork) {
        next_at_fork = __at_fork;
        __at_fork = at_fork;
    }
    return 0;
}
