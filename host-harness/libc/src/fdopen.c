/* Opens a stream on a descriptor, and closes streams. */
#include <bits/file.h>
#include <bits/libc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The stream's flags for a mode such as "r+"; -1 for a mode that does not exist. */
static int flags_of(const char *mode)
{
    int flags;

    switch (*mode) {
    case 'r':
        flags = STREAM_NO_WRITES;
        break;
    case 'w':
    case 'a':
        flags = STREAM_NO_READS;
        break;
    default:
        return -1;
    }
    for (mode++; *mode; mode++)
        if (*mode == '+')
            flags = 0;
    return flags;
}

FILE *fdopen(int fd, const char *mode)
{
    int flags = flags_of(mode);
    long access;

    if (flags < 0) {
        errno = EINVAL;
        return 0;
    }
    access = __syscall_ret(__syscall(SYS_fcntl, (long)fd, (long)F_GETFL));
    if (access < 0)
        return 0;
    if (((access & O_ACCMODE) == O_RDONLY && !(flags & STREAM_NO_WRITES)) ||
        ((access & O_ACCMODE) == O_WRONLY && !(flags & STREAM_NO_READS))) {
        errno = EINVAL;
        return 0;
    }
    if (*mode == 'a' && !(access & O_APPEND) &&
        __syscall_ret(__syscall(SYS_fcntl, (long)fd, (long)F_SETFL, access | O_APPEND)) < 0)
        return 0;
    return __stream_open(fd, flags);
}

int fclose(FILE *f)
{
    int result;

    if (f->child)
        return pclose(f);
    result = __stream_sync(f);
    __stream_unlink(f);
    if (__syscall_ret(__syscall(SYS_close, (long)f->fd)) < 0)
        result = EOF;
    __stream_set_buffer(f, 0, 0);
    f->fd = -1;
    f->flags = (f->flags & STREAM_STATIC) | STREAM_NO_READS | STREAM_NO_WRITES;
    if (!(f->flags & STREAM_STATIC))
        free(f);
    return result;
}
