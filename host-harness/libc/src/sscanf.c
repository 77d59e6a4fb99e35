/* scanf from memory. */
#include <bits/scanf.h>

int vsscanf(const char *s, const char *format, va_list ap)
{
    struct __source source = {0, 0};

    source.s = s;
    return __scan(&source, format, ap);
}

int sscanf(const char *s, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsscanf(s, format, ap);
    va_end(ap);
    return n;
}
