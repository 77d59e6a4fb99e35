/* The input side of a stream's buffer. */
#include <bits/file.h>
#include <bits/libc.h>
#include <errno.h>
#include <sys/syscall.h>

static long fill(FILE *f, void *data, size_t n)
{
    long count = __syscall_ret(__syscall(SYS_read, (long)f->fd, data, n));

    if (count == 0)
        f->flags |= STREAM_EOF;
    else if (count < 0)
        f->flags |= STREAM_ERROR;
    return count;
}

/* What ungetc pushed has been read again: back to the buffer. */
static void leave_pushed(FILE *f)
{
    f->flags &= ~STREAM_PUSHED_BACK;
    f->read = f->saved_read;
    f->read_end = f->saved_read_end;
}

/* Makes at least one byte ready at f->read and returns it, or EOF. */
int __stream_underflow(FILE *f)
{
    long count;

    if (f->read == f->read_end && f->flags & STREAM_PUSHED_BACK)
        leave_pushed(f);
    if (f->read < f->read_end)
        return *f->read;
    if (f->flags & STREAM_EOF)
        return EOF;
    if (f->flags & STREAM_NO_READS) {
        f->flags |= STREAM_ERROR;
        errno = EBADF;
        return EOF;
    }
    if (!f->buffer)
        __stream_allocate(f);
    /* A prompt without a newline must be seen before a terminal is read. */
    if (f->flags & (STREAM_LINE_BUFFERED | STREAM_UNBUFFERED) && stdout->flags & STREAM_LINE_BUFFERED)
        __stream_flush(stdout);
    if (f->flags & STREAM_PUTTING) {
        if (__stream_flush(f) == EOF)
            return EOF;
        f->flags &= ~STREAM_PUTTING;
    }
    f->read = f->read_end = f->write = f->write_end = f->buffer;
    count = fill(f, f->buffer, (size_t)(f->buffer_end - f->buffer));
    if (count <= 0)
        return EOF;
    f->read_end += count;
    return *f->read;
}

int __stream_get(FILE *f)
{
    if (f->read < f->read_end || __stream_underflow(f) != EOF)
        return *f->read++;
    return EOF;
}

size_t __stream_span(FILE *f, int delimiter, size_t n)
{
    size_t have, i;

    if (f->read == f->read_end && __stream_underflow(f) == EOF)
        return 0;
    have = (size_t)(f->read_end - f->read);
    if (have > n)
        have = n;
    for (i = 0; i < have; i++)
        if (f->read[i] == (unsigned char)delimiter)
            return i + 1;
    return have;
}

/* Reads n bytes: through the buffer while less than a buffer is wanted, whole blocks straight from the file. */
size_t __stream_read(FILE *f, void *data, size_t n)
{
    unsigned char *to = data;
    size_t want = n, size;

    if (!f->buffer)
        __stream_allocate(f);
    size = (size_t)(f->buffer_end - f->buffer);
    while (want > 0) {
        size_t have = (size_t)(f->read_end - f->read);
        long count;

        if (have > want)
            have = want;
        __builtin_memcpy(to, f->read, have);
        f->read += have;
        to += have;
        want -= have;
        if (want == 0)
            break;
        if (f->flags & STREAM_PUSHED_BACK) {
            leave_pushed(f);
            continue;
        }
        if (want < size || f->flags & (STREAM_NO_READS | STREAM_PUTTING)) {
            if (__stream_underflow(f) == EOF)
                break;
            continue;
        }
        count = fill(f, to, want - (size >= 128 ? want % size : 0));
        if (count <= 0)
            break;
        to += count;
        want -= (size_t)count;
    }
    return n - want;
}
