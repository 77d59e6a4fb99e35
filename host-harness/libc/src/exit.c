/* Ordinary termination: the handlers in reverse order of registration, then stdio, then the kernel. */
#include <bits/libc.h>
#include <stdlib.h>
#include <sys/syscall.h>

void (*__stdio_exit)(void);

static struct __exit_handlers first;
struct __exit_handlers *__exit_handlers = &first;

void exit(int status)
{
    while (__exit_handlers) {
        /* A handler may register another, which then runs next, or call exit, which goes on from here. */
        while (__exit_handlers->count > 0) {
            struct __exit_handler *handler = &__exit_handlers->entry[--__exit_handlers->count];
            if (handler->plain)
                handler->plain();
            else
                handler->with_status(status, handler->arg);
        }
        __exit_handlers = __exit_handlers->older;
    }
    if (__stdio_exit)
        __stdio_exit();
    for (;;)
        __syscall(SYS_exit_group, (long)status);
}
