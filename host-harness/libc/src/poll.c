/* Waiting for what several descriptors have to tell. */
#include <bits/libc.h>
#include <poll.h>
#include <sys/syscall.h>

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return (int)__syscall_ret(__syscall(SYS_poll, fds, count, (long)timeout));
}
