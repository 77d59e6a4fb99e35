/* What a stream remembers of its past. */
#include <bits/file.h>
#include <errno.h>

int feof(FILE *f)
{
    return (f->flags & STREAM_EOF) != 0;
}

int ferror(FILE *f)
{
    return (f->flags & STREAM_ERROR) != 0;
}

void clearerr(FILE *f)
{
    f->flags &= ~(STREAM_EOF | STREAM_ERROR);
}

int fileno(FILE *f)
{
    if (f->fd < 0) {
        errno = EBADF;
        return -1;
    }
    return f->fd;
}
