/* Input of bytes and lines. */
#include <bits/file.h>
#include <errno.h>

int fgetc(FILE *f)
{
    int c;

    LOCK(f);
    c = __stream_get(f);
    UNLOCK(f);
    return c;
}

int getc(FILE *f)
{
    return fgetc(f);
}

int getc_unlocked(FILE *f)
{
    return __stream_get(f);
}

int getchar(void)
{
    return fgetc(stdin);
}

int getchar_unlocked(void)
{
    return __stream_get(stdin);
}

/* In the buffer where c came from there, otherwise in a place of its own for a few bytes. */
int ungetc(int c, FILE *f)
{
    if (c == EOF)
        return EOF;
    if (!(f->flags & STREAM_PUSHED_BACK)) {
        if (f->read > f->buffer && f->read[-1] == (unsigned char)c) {
            f->read--;
            f->flags &= ~STREAM_EOF;
            return (unsigned char)c;
        }
        f->saved_read = f->read;
        f->saved_read_end = f->read_end;
        f->read = f->read_end = f->pushed + sizeof f->pushed;
        f->flags |= STREAM_PUSHED_BACK;
    }
    if (f->read == f->pushed)
        return EOF;
    f->flags &= ~STREAM_EOF;
    return *--f->read = (unsigned char)c;
}

static char *get_line(char *s, int size, FILE *f)
{
    size_t length = 0, got;
    int before = f->flags & STREAM_ERROR;

    if (size <= 0)
        return 0;
    /* An old error must not hide a line that can be read now. */
    f->flags &= ~STREAM_ERROR;
    while (length < (size_t)size - 1) {
        got = __stream_span(f, '\n', (size_t)size - 1 - length);
        if (got == 0)
            break;
        __builtin_memcpy(s + length, f->read, got);
        f->read += got;
        length += got;
        if (s[length - 1] == '\n')
            break;
    }
    if (length == 0 && size > 1) {
        f->flags |= before;
        return 0;
    }
    if (f->flags & STREAM_ERROR && errno != EAGAIN)
        return 0;
    f->flags |= before;
    s[length] = 0;
    return s;
}

char *fgets(char *s, int size, FILE *f)
{
    LOCK(f);
    s = get_line(s, size, f);
    UNLOCK(f);
    return s;
}

size_t fread(void *data, size_t size, size_t count, FILE *f)
{
    size_t n = size * count;
    size_t done;

    if (n == 0)
        return 0;
    LOCK(f);
    done = __stream_read(f, data, n);
    UNLOCK(f);
    return done == n ? count : done / size;
}
