/* printf to a descriptor, through a stream that lives for one call. */
#include <bits/file.h>

int vdprintf(int fd, const char *format, va_list ap)
{
    FILE f = {STREAM_NO_READS | STREAM_STATIC};
    int n;

    f.fd = fd;
    n = vfprintf(&f, format, ap);
    if (__stream_flush(&f) == EOF)
        n = -1;
    __stream_set_buffer(&f, 0, 0);
    return n;
}

int dprintf(int fd, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vdprintf(fd, format, ap);
    va_end(ap);
    return n;
}
