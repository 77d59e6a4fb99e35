/* How and where a stream buffers. */
#include <bits/file.h>

/* buffer 0: none at all. */
static int use_buffer(FILE *f, char *buffer, size_t size)
{
    if (__stream_sync(f) == EOF)
        return EOF;
    if (buffer && size > 0) {
        f->flags &= ~STREAM_UNBUFFERED;
        __stream_set_buffer(f, (unsigned char *)buffer, size);
    } else {
        f->flags |= STREAM_UNBUFFERED;
        __stream_set_buffer(f, f->single, 1);
    }
    return 0;
}

int setvbuf(FILE *f, char *buffer, int mode, size_t size)
{
    switch (mode) {
    case _IOFBF:
        f->flags &= ~(STREAM_LINE_BUFFERED | STREAM_UNBUFFERED);
        if (buffer)
            return use_buffer(f, buffer, size);
        /* Allocating later would find the terminal and buffer lines again. */
        if (!f->buffer)
            __stream_allocate(f);
        f->flags &= ~STREAM_LINE_BUFFERED;
        return 0;
    case _IOLBF:
        f->flags &= ~STREAM_UNBUFFERED;
        f->flags |= STREAM_LINE_BUFFERED;
        return buffer ? use_buffer(f, buffer, size) : 0;
    case _IONBF:
        f->flags &= ~STREAM_LINE_BUFFERED;
        return use_buffer(f, 0, 0);
    default:
        return EOF;
    }
}

void setbuffer(FILE *f, char *buffer, size_t size)
{
    f->flags &= ~STREAM_LINE_BUFFERED;
    use_buffer(f, buffer, size);
}

void setbuf(FILE *f, char *buffer)
{
    setbuffer(f, buffer, BUFSIZ);
}

void setlinebuf(FILE *f)
{
    setvbuf(f, 0, _IOLBF, 0);
}
