/* Descriptors. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t read(int fd, void *buffer, size_t count)
{
    return __syscall_ret(__syscall(SYS_read, (long)fd, buffer, count));
}

ssize_t write(int fd, const void *buffer, size_t count)
{
    return __syscall_ret(__syscall(SYS_write, (long)fd, buffer, count));
}

int close(int fd)
{
    return (int)__syscall_ret(__syscall(SYS_close, (long)fd));
}

int dup(int fd)
{
    return (int)__syscall_ret(__syscall(SYS_dup, (long)fd));
}

int dup2(int fd, int to)
{
    return (int)__syscall_ret(__syscall(SYS_dup2, (long)fd, (long)to));
}

int dup3(int fd, int to, int flags)
{
    return (int)__syscall_ret(__syscall(SYS_dup3, (long)fd, (long)to, (long)flags));
}

int pipe(int fds[2])
{
    return (int)__syscall_ret(__syscall(SYS_pipe, fds));
}

int pipe2(int fds[2], int flags)
{
    return (int)__syscall_ret(__syscall(SYS_pipe2, fds, (long)flags));
}
