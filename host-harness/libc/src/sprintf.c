/* printf to memory. */
#include <bits/printf.h>
#include <stdio.h>
#include <stdlib.h>

/* Keeps what fits and counts the rest as put. */
static int put_to_string(struct __sink *sink, const char *s, size_t n)
{
    size_t room = (size_t)(sink->end - sink->next);
    size_t count = n < room ? n : room;

    __builtin_memcpy(sink->next, s, count);
    sink->next += count;
    return 0;
}

int vsnprintf(char *s, size_t size, const char *format, va_list ap)
{
    char none[1];
    char *end = (char *)-1;
    struct __sink sink = {put_to_string, 0, 0, 0};
    int n;

    if (size == 0) {
        s = none;
        size = 1;
    }
    sink.next = s;
    /* sprintf's size has no end; the string must not seem to wrap round. */
    sink.end = size - 1 < (size_t)(end - s) ? s + (size - 1) : end;
    n = __format(&sink, format, ap);
    *sink.next = 0;
    return n;
}

int snprintf(char *s, size_t size, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(s, size, format, ap);
    va_end(ap);
    return n;
}

int vsprintf(char *s, const char *format, va_list ap)
{
    return vsnprintf(s, (size_t)-1, format, ap);
}

int sprintf(char *s, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsprintf(s, format, ap);
    va_end(ap);
    return n;
}
