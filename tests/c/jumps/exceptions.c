/* try, throw and a stack of handlers, with an array of variable length on the way. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct handler {
    jmp_buf env;
    struct handler *outer;
    const char *what;
};

static struct handler *handlers;

static void throw(const char *what)
{
    struct handler *handler = handlers;

    if (!handler) {
        printf("nobody catches \"%s\"\n", what);
        exit(3);
    }
    handlers = handler->outer;
    handler->what = what;
    longjmp(handler->env, 1);
}

static int parse(const char *text, int depth)
{
    int copy[depth + 1], sum = 0, i;

    for (i = 0; i <= depth; i++)
        copy[i] = i;
    if (*text == '!')
        throw("an exclamation mark");
    if (*text == 0)
        return depth;
    for (i = 0; i <= depth; i++)
        sum += copy[i];
    return sum + parse(text + 1, depth + 1);
}

static int guarded(const char *text)
{
    struct handler here;
    int room[strlen(text) + 1];
    int result;

    here.outer = handlers;
    handlers = &here;
    room[0] = 77;
    if (setjmp(here.env) == 0) {
        result = parse(text, 0);
        handlers = here.outer;
        printf("\"%s\" gives %d\n", text, result);
        return result;
    }
    printf("\"%s\" failed: %s, room %d\n", text, here.what, room[0]);
    if (strlen(text) > 4)
        throw("too long as well");
    return -1;
}

int main(void)
{
    struct handler here = {.outer = NULL};

    guarded("abc");
    guarded("ab!");
    handlers = &here;
    if (setjmp(here.env) == 0)
        guarded("abcdef!");
    else
        printf("main catches: %s\n", here.what);
    guarded("x");
    throw("the last one");
    return 0;
}
