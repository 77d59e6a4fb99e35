/* exec with the arguments as a list. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

/* Lists up to this long need no malloc, whose memory a child of vfork would leave to its parent. */
enum { SHORT = 256 };

/* A va_list that can be passed on by address. */
struct arguments {
    va_list ap;
};

enum kind { PATH, PATH_AND_ENVIRONMENT, SEARCH };

static void execute(enum kind kind, const char *file, char **argv, struct arguments *rest)
{
    switch (kind) {
    case PATH: execve(file, argv, environ); break;
    case PATH_AND_ENVIRONMENT: execve(file, argv, va_arg(rest->ap, char **)); break;
    case SEARCH: execvpe(file, argv, environ); break;
    }
}

static int execute_list(enum kind kind, const char *file, const char *first, struct arguments *arguments)
{
    char *few[SHORT];
    char **argv = few;
    struct arguments counted;
    size_t n = 1, i;

    if (first) {
        va_copy(counted.ap, arguments->ap);
        while (va_arg(counted.ap, char *))
            n++;
        va_end(counted.ap);
        n++;
    }
    if (n > SHORT) {
        argv = malloc(n * sizeof *argv);
        if (!argv)
            return -1;
    }
    argv[0] = (char *)first;
    for (i = 1; i < n; i++)
        argv[i] = va_arg(arguments->ap, char *);
    execute(kind, file, argv, arguments);
    if (argv != few)
        free(argv);
    return -1;
}

int execl(const char *path, const char *arg, ...)
{
    struct arguments arguments;

    va_start(arguments.ap, arg);
    execute_list(PATH, path, arg, &arguments);
    va_end(arguments.ap);
    return -1;
}

int execle(const char *path, const char *arg, ...)
{
    struct arguments arguments;

    va_start(arguments.ap, arg);
    execute_list(PATH_AND_ENVIRONMENT, path, arg, &arguments);
    va_end(arguments.ap);
    return -1;
}

int execlp(const char *file, const char *arg, ...)
{
    struct arguments arguments;

    va_start(arguments.ap, arg);
    execute_list(SEARCH, file, arg, &arguments);
    va_end(arguments.ap);
    return -1;
}
