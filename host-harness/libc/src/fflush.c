/* Brings a stream and its file to the same place. */
#include <bits/file.h>
#include <bits/libc.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Output is written; input that was read ahead is given back where the file can seek. */
int __stream_sync(FILE *f)
{
    long unread = f->read_end - f->read;
    long result;

    if (__stream_flush(f) == EOF)
        return EOF;
    if (f->flags & STREAM_PUTTING || unread == 0)
        return 0;
    result = __syscall_ret(__syscall(SYS_lseek, (long)f->fd, -unread, 1L /* SEEK_CUR */));
    if (result >= 0)
        f->read_end = f->read;
    return result >= 0 || errno == ESPIPE ? 0 : EOF;
}

int fflush(FILE *f)
{
    int result = 0;

    if (f) {
        LOCK(f);
        result = __stream_sync(f);
        UNLOCK(f);
        return result;
    }
    for (f = __streams; f; f = f->next) {
        LOCK(f);
        if (__stream_flush(f) == EOF)
            result = EOF;
        UNLOCK(f);
    }
    return result;
}
