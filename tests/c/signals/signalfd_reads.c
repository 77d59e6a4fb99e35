/* signalfd: what a read gives of each kind of signal, in which order, and how much. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static sigset_t of(int one, int two, int three)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, one);
    sigaddset(&set, two);
    sigaddset(&set, three);
    return set;
}

static void result(const char *what, long value)
{
    printf("%s: %ld %s\n", what, value, value < 0 ? strerror(errno) : "");
}

static void show(const struct signalfd_siginfo *info, pid_t child)
{
    printf("signal %s, code %d, from %s, as %d", info->ssi_signo == (unsigned)SIGRTMIN ? "RTMIN" : strsignal((int)info->ssi_signo),
           info->ssi_code,
           info->ssi_pid == (unsigned)getpid() ? "itself" : info->ssi_pid == (unsigned)child ? "its child" : "nobody",
           info->ssi_uid == getuid());
    printf(", status %d, value %d %d\n", info->ssi_status, info->ssi_int, (int)info->ssi_ptr);
}

static void drain(int fd, size_t room, pid_t child)
{
    struct signalfd_siginfo infos[4];
    ssize_t got, at;

    memset(infos, 0x55, sizeof infos);
    got = read(fd, infos, room);
    printf("read of %d: %d %s\n", (int)room, (int)got, got < 0 ? strerror(errno) : "");
    for (at = 0; at < got / (ssize_t)sizeof infos[0]; at++)
        show(&infos[at], child);
}

int main(void)
{
    sigset_t set = of(SIGUSR1, SIGCHLD, SIGRTMIN), pending;
    union sigval value;
    pid_t child;
    int fd;

    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    printf("cloexec %d, nonblock %d\n", fcntl(fd, F_GETFD), !!(fcntl(fd, F_GETFL) & O_NONBLOCK));
    drain(fd, 127, 0);
    drain(fd, 128, 0);
    value.sival_int = 7;
    sigqueue(getpid(), SIGRTMIN, value);
    value.sival_int = 8;
    sigqueue(getpid(), SIGRTMIN, value);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    raise(SIGUSR1);
    drain(fd, 200, 0);
    drain(fd, 4 * 128, 0);
    drain(fd, 128, 0);
    child = fork();
    if (child == 0)
        _exit(3);
    waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT);
    drain(fd, 128, child);
    waitpid(child, NULL, 0);
    /* What cannot be stored is lost. */
    kill(getpid(), SIGUSR1);
    result("nowhere", read(fd, (void *)16, 128));
    drain(fd, 128, 0);
    /* Other signals for the same descriptor. */
    set = of(SIGUSR2, SIGUSR2, SIGUSR2);
    printf("changed: %d\n", signalfd(fd, &set, 0) == fd);
    kill(getpid(), SIGUSR1);
    drain(fd, 128, 0);
    sigpending(&pending);
    printf("it pends still: %d\n", sigismember(&pending, SIGUSR1));
    result("write", write(fd, "x", 1));
    result("position", syscall(SYS_lseek, fd, 0, 1));
    /* What is refused. */
    result("flags", signalfd(-1, &set, 1));
    result("no descriptor", signalfd(99, &set, 0));
    result("not of signals", signalfd(1, &set, 0));
    result("size", syscall(SYS_signalfd4, -1, &set, 4, 0));
    result("set", syscall(SYS_signalfd4, -1, 16, 8, 0));
    return 0;
}
