/* printf to memory from malloc. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

int vasprintf(char **s, const char *format, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(0, 0, format, again);
    va_end(again);
    if (n < 0)
        return -1;
    *s = malloc((size_t)n + 1);
    if (!*s)
        return -1;
    return vsnprintf(*s, (size_t)n + 1, format, ap);
}

int asprintf(char **s, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vasprintf(s, format, ap);
    va_end(ap);
    return n;
}
