/* The streams themselves and the output side of their buffers.
   When and in which pieces bytes reach write(2) is what programs can see, and is glibc's. */
#include <bits/file.h>
#include <bits/libc.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static FILE in = {STREAM_NO_WRITES | STREAM_STATIC, STDIN_FILENO};
static FILE out = {STREAM_NO_READS | STREAM_STATIC, STDOUT_FILENO, 0, 0, 0, 0, 0, 0, 0, 0, &in};
static FILE err = {STREAM_NO_READS | STREAM_STATIC | STREAM_UNBUFFERED, STDERR_FILENO, 0, 0, 0, 0, 0, 0, 0, 0, &out};

FILE *stdin = &in;
FILE *stdout = &out;
FILE *stderr = &err;
FILE *__streams = &err;

/* At exit: all output is written, and what was read ahead is given back to a file that can seek. */
static void close_down(void)
{
    FILE *f;

    fflush(0);
    for (f = __streams; f; f = f->next)
        if (!(f->flags & STREAM_UNBUFFERED))
            __stream_sync(f);
}

void __stream_set_buffer(FILE *f, unsigned char *buffer, size_t size)
{
    if (f->flags & STREAM_OWN_BUFFER)
        free(f->buffer);
    f->flags &= ~STREAM_OWN_BUFFER;
    f->buffer = buffer;
    f->buffer_end = buffer + size;
    f->read = f->read_end = f->write = f->write_end = buffer;
}

static int is_terminal(int fd)
{
    char termios[64];

    return __syscall(SYS_ioctl, (long)fd, 0x5401L /* TCGETS */, termios) == 0;
}

/* Of the kernel's struct stat. */
enum { STAT_BYTES = 144, STAT_MODE = 24, STAT_BLKSIZE = 56 };

/* A stream gets its buffer at its first byte: as large as fstat says that its file likes. */
void __stream_allocate(FILE *f)
{
    char stat[STAT_BYTES];
    size_t size = BUFSIZ;
    long blksize;
    unsigned char *buffer;

    __stdio_exit = close_down;
    if (f->flags & STREAM_UNBUFFERED) {
        __stream_set_buffer(f, f->single, 1);
        return;
    }
    if (f->fd >= 0 && __syscall(SYS_fstat, (long)f->fd, stat) == 0) {
        if (S_ISCHR(*(unsigned int *)(stat + STAT_MODE)) && is_terminal(f->fd))
            f->flags |= STREAM_LINE_BUFFERED;
        blksize = *(long *)(stat + STAT_BLKSIZE);
        if (blksize > 0 && blksize < BUFSIZ)
            size = (size_t)blksize;
    }
    buffer = malloc(size);
    if (!buffer) {
        __stream_set_buffer(f, f->single, 1);
        return;
    }
    __stream_set_buffer(f, buffer, size);
    f->flags |= STREAM_OWN_BUFFER;
}

/* Hands n bytes to the kernel and starts the buffer anew, even if the kernel refused them. */
static size_t write_out(FILE *f, const unsigned char *data, size_t n)
{
    size_t done = 0;

    while (done < n) {
        long result = __syscall_ret(__syscall(SYS_write, (long)f->fd, data + done, n - done));
        if (result < 0) {
            f->flags |= STREAM_ERROR;
            break;
        }
        done += (size_t)result;
    }
    f->read = f->read_end = f->write = f->buffer;
    f->write_end = f->flags & (STREAM_LINE_BUFFERED | STREAM_UNBUFFERED) ? f->buffer : f->buffer_end;
    return done;
}

int __stream_flush(FILE *f)
{
    size_t n = (size_t)(f->write - f->buffer);

    if (!(f->flags & STREAM_PUTTING) || n == 0)
        return 0;
    return write_out(f, f->buffer, n) == n ? 0 : EOF;
}

/* putc when there is no plain room for c; with EOF, only what must happen before the next byte. */
int __stream_overflow(FILE *f, int c)
{
    if (f->flags & STREAM_NO_WRITES) {
        f->flags |= STREAM_ERROR;
        errno = EBADF;
        return EOF;
    }
    if (!(f->flags & STREAM_PUTTING)) {
        if (!f->buffer)
            __stream_allocate(f);
        __stdio_exit = close_down;
        f->flags |= STREAM_PUTTING;
        f->read = f->read_end = f->write = f->buffer;
        f->write_end = f->flags & (STREAM_LINE_BUFFERED | STREAM_UNBUFFERED) ? f->buffer : f->buffer_end;
    }
    if (c == EOF)
        return __stream_flush(f);
    if (f->write == f->buffer_end && __stream_flush(f) == EOF)
        return EOF;
    *f->write++ = (unsigned char)c;
    if (f->flags & STREAM_UNBUFFERED || (f->flags & STREAM_LINE_BUFFERED && c == '\n'))
        if (__stream_flush(f) == EOF)
            return EOF;
    return (unsigned char)c;
}

int __stream_put(FILE *f, int c)
{
    if (f->write < f->write_end)
        return *f->write++ = (unsigned char)c;
    return __stream_overflow(f, (unsigned char)c);
}

/* How many of n bytes go into the buffer before anything is written; *flush says whether a line is then full. */
static size_t room(FILE *f, const unsigned char *s, size_t n, int *flush)
{
    size_t count;

    *flush = 0;
    if (!(f->flags & STREAM_LINE_BUFFERED && f->flags & STREAM_PUTTING))
        return f->write < f->write_end ? (size_t)(f->write_end - f->write) : 0;
    count = (size_t)(f->buffer_end - f->write);
    if (count < n)
        return count;
    while (n > 0 && s[n - 1] != '\n')
        n--;
    if (n == 0)
        return count;
    *flush = 1;
    return n;
}

/* As many bytes as there is plain room for at once, the others one by one, flushed as the buffering asks. */
static size_t put_each(FILE *f, const unsigned char *s, size_t n)
{
    size_t done = 0, count;

    while (done < n) {
        if (f->write < f->write_end) {
            count = (size_t)(f->write_end - f->write);
            if (count > n - done)
                count = n - done;
            __builtin_memcpy(f->write, s + done, count);
            f->write += count;
            done += count;
        } else if (__stream_overflow(f, s[done]) == EOF) {
            break;
        } else {
            done++;
        }
    }
    return done;
}

/* Puts n bytes; the number that was taken, or (size_t)EOF when all were but the flush after them failed.
   It fills the buffer, writes it, writes whole blocks straight from the caller's memory, and keeps the rest. */
size_t __stream_write(FILE *f, const void *data, size_t n)
{
    const unsigned char *s = data;
    size_t left = n, size, whole, count;
    int flush;

    if (n == 0)
        return 0;
    count = room(f, s, n, &flush);
    if (count > left)
        count = left;
    if (count > 0) {
        __builtin_memcpy(f->write, s, count);
        f->write += count;
        s += count;
        left -= count;
    }
    if (left == 0 && !flush)
        return n;
    if (__stream_overflow(f, EOF) == EOF)
        return left == 0 ? (size_t)EOF : n - left;
    size = (size_t)(f->buffer_end - f->buffer);
    whole = left - (size >= 128 ? left % size : 0);
    if (whole > 0) {
        count = write_out(f, s, whole);
        left -= count;
        s += count;
        if (count < whole)
            return n - left;
    }
    return n - left + put_each(f, s, left);
}

/* A stream on fd, the youngest of all. */
FILE *__stream_open(int fd, int flags)
{
    FILE *f = calloc(1, sizeof *f);

    if (!f)
        return 0;
    f->fd = fd;
    f->flags = flags;
    f->next = __streams;
    __streams = f;
    return f;
}

void __stream_unlink(FILE *f)
{
    FILE **link;

    for (link = &__streams; *link; link = &(*link)->next)
        if (*link == f) {
            *link = f->next;
            return;
        }
}
