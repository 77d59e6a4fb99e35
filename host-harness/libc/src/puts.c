/* Output of bytes and strings. */
#include <bits/file.h>
#include <bits/libc.h>
#include <limits.h>

int fputc(int c, FILE *f)
{
    LOCK(f);
    c = __stream_put(f, c);
    UNLOCK(f);
    return c;
}

int putc(int c, FILE *f)
{
    return fputc(c, f);
}

int putc_unlocked(int c, FILE *f)
{
    return __stream_put(f, c);
}

int putchar(int c)
{
    return fputc(c, stdout);
}

int putchar_unlocked(int c)
{
    return __stream_put(stdout, c);
}

int fputs(const char *s, FILE *f)
{
    size_t n = __strlen(s);
    int result;

    LOCK(f);
    result = __stream_write(f, s, n) == n ? 1 : EOF;
    UNLOCK(f);
    return result;
}

/* Two steps, so that an unbuffered stdout sees two writes. */
int puts(const char *s)
{
    size_t n = __strlen(s);
    int failed;

    LOCK(stdout);
    failed = __stream_write(stdout, s, n) != n || __stream_put(stdout, '\n') == EOF;
    UNLOCK(stdout);
    if (failed)
        return EOF;
    return n < INT_MAX ? (int)n + 1 : INT_MAX;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *f)
{
    size_t n = size * count;
    size_t done;

    if (n == 0)
        return 0;
    LOCK(f);
    done = __stream_write(f, data, n);
    UNLOCK(f);
    return done == n || done == (size_t)EOF ? count : done / size;
}
