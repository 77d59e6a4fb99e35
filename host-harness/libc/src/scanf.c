/* scanf from streams. */
#include <bits/file.h>
#include <bits/scanf.h>

int vfscanf(FILE *f, const char *format, va_list ap)
{
    struct __source source = {0, 0};
    int n;

    source.file = f;
    LOCK(f);
    n = __scan(&source, format, ap);
    UNLOCK(f);
    return n;
}

int vscanf(const char *format, va_list ap)
{
    return vfscanf(stdin, format, ap);
}

int scanf(const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfscanf(stdin, format, ap);
    va_end(ap);
    return n;
}

int fscanf(FILE *f, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfscanf(f, format, ap);
    va_end(ap);
    return n;
}
