/* printf to streams. */
#include <bits/file.h>
#include <bits/printf.h>
#include <errno.h>

static int put_to_stream(struct __sink *sink, const char *s, size_t n)
{
    return __stream_write(sink->target, s, n) == n ? 0 : -1;
}

static int flush_staged(struct __sink *sink, char *start)
{
    size_t n = (size_t)(sink->next - start);

    sink->next = start;
    return n == 0 || __stream_write(sink->target, start, n) == n ? 0 : -1;
}

static int put_to_stage(struct __sink *sink, const char *s, size_t n)
{
    while (n > 0) {
        size_t count = (size_t)(sink->end - sink->next);

        if (count == 0 && flush_staged(sink, sink->end - BUFSIZ) < 0)
            return -1;
        count = (size_t)(sink->end - sink->next);
        if (count > n)
            count = n;
        __builtin_memcpy(sink->next, s, count);
        sink->next += count;
        s += count;
        n -= count;
    }
    return 0;
}

/* On an unbuffered stream a whole printf is one write: it is staged here. */
static int format_staged(FILE *f, const char *format, va_list ap)
{
    char stage[BUFSIZ];
    struct __sink sink = {put_to_stage, f, stage, stage + BUFSIZ};
    int n = __format(&sink, format, ap);

    return flush_staged(&sink, stage) < 0 ? -1 : n;
}

static int format_to_stream(FILE *f, const char *format, va_list ap)
{
    struct __sink sink = {put_to_stream, f, 0, 0};

    if (f->flags & STREAM_NO_WRITES) {
        f->flags |= STREAM_ERROR;
        errno = EBADF;
        return -1;
    }
    if (f->flags & STREAM_UNBUFFERED)
        return format_staged(f, format, ap);
    return __format(&sink, format, ap);
}

int vfprintf(FILE *f, const char *format, va_list ap)
{
    int n;

    LOCK(f);
    n = format_to_stream(f, format, ap);
    UNLOCK(f);
    return n;
}

int vprintf(const char *format, va_list ap)
{
    return vfprintf(stdout, format, ap);
}

int printf(const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfprintf(stdout, format, ap);
    va_end(ap);
    return n;
}

int fprintf(FILE *f, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfprintf(f, format, ap);
    va_end(ap);
    return n;
}
