/* Runs a shell command and waits for it. */
#include <bits/libc.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(const char *command, const struct sigaction *interrupt, const struct sigaction *quit,
               const sigset_t *mask)
{
    char *argv[] = {"sh", "-c", (char *)command, 0};
    int status;
    long child = __syscall_ret(__syscall(SYS_fork));

    if (child == 0) {
        sigaction(SIGINT, interrupt, 0);
        sigaction(SIGQUIT, quit, 0);
        sigprocmask(SIG_SETMASK, mask, 0);
        __syscall(SYS_execve, "/bin/sh", argv, environ);
        _exit(127);
    }
    if (child < 0)
        return -1;
    while (__syscall_ret(__syscall(SYS_wait4, child, &status, 0L, (void *)0)) != child)
        if (errno != EINTR)
            return -1;
    return status;
}

int system(const char *command)
{
    struct sigaction ignore = {0}, interrupt, quit;
    sigset_t block, mask;
    int status;

    if (!command)
        return run("exit 0", 0, 0, 0) == 0;
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    sigprocmask(SIG_BLOCK, &block, &mask);
    status = run(command, &interrupt, &quit, &mask);
    sigaction(SIGINT, &interrupt, 0);
    sigaction(SIGQUIT, &quit, 0);
    sigprocmask(SIG_SETMASK, &mask, 0);
    return status;
}
