/* Descriptors of processes: opened, polled, waited for. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long show(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "ok");
    fflush(stdout);
    return result;
}

static int ready(int fd, int time)
{
    struct pollfd one = {fd, POLLIN, 0};

    return poll(&one, 1, time) == 1 ? one.revents : 0;
}

int main(void)
{
    siginfo_t info;
    int fd, nonblock;
    pid_t child;

    show("flags", syscall(SYS_pidfd_open, getpid(), 1));
    show("number", syscall(SYS_pidfd_open, 0, 0));
    show("nobody", syscall(SYS_pidfd_open, 4000000, 0));
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    fd = (int)show("open", syscall(SYS_pidfd_open, child, 0));
    nonblock = (int)show("nonblocking", syscall(SYS_pidfd_open, child, O_NONBLOCK));
    printf("cloexec %d\n", fcntl(fd, F_GETFD));
    show("read", read(fd, &child, 1));
    printf("ready %x\n", (unsigned)ready(fd, 0));
    show("wait", waitid(3, (id_t)nonblock, &info, WEXITED));
    show("no pidfd", waitid(3, 0, &info, WEXITED));
    kill(child, SIGKILL);
    printf("ready %x\n", (unsigned)ready(fd, -1));
    show("wait", waitid(3, (id_t)fd, &info, WEXITED));
    printf("the child %d, code %d, status %d\n", info.si_pid == child, info.si_code, info.si_status);
    printf("ready %x\n", (unsigned)ready(fd, 0) & ~POLLHUP);
    show("again", waitid(3, (id_t)fd, &info, WEXITED));
    show("open", syscall(SYS_pidfd_open, child, 0));
    return 0;
}
