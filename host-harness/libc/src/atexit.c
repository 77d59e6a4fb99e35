/* Registers functions for exit. */
#include <bits/libc.h>
#include <errno.h>
#include <stdlib.h>

static struct __exit_handler *new_handler(void)
{
    struct __exit_handlers *block = __exit_handlers;

    if (!block || block->count == EXIT_BLOCK) {
        block = calloc(1, sizeof *block);
        if (!block)
            return 0;
        block->older = __exit_handlers;
        __exit_handlers = block;
    }
    return &block->entry[block->count++];
}

int atexit(void (*function)(void))
{
    struct __exit_handler *handler = new_handler();

    if (!handler)
        return -1;
    handler->plain = function;
    return 0;
}

int on_exit(void (*function)(int status, void *arg), void *arg)
{
    struct __exit_handler *handler = new_handler();

    if (!handler)
        return -1;
    handler->plain = 0;
    handler->with_status = function;
    handler->arg = arg;
    return 0;
}
