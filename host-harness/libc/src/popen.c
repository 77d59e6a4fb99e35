/* A pipe to or from a shell command. */
#include <bits/file.h>
#include <bits/libc.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: the pipe becomes its standard stream, and the pipes of earlier popen calls are not its business. */
static void run_command(const char *command, int end, int standard)
{
    char *argv[] = {"sh", "-c", (char *)command, 0};
    FILE *f;

    for (f = __streams; f; f = f->next)
        if (f->child)
            __syscall(SYS_close, (long)f->fd);
    if (end == standard)
        __syscall(SYS_fcntl, (long)end, (long)F_SETFD, 0L);
    else
        __syscall(SYS_dup2, (long)end, (long)standard);
    __syscall(SYS_execve, "/bin/sh", argv, environ);
    _exit(127);
}

FILE *popen(const char *command, const char *mode)
{
    int reads = *mode == 'r';
    int fds[2];
    long child;
    FILE *f;

    if ((!reads && *mode != 'w') || (mode[1] && mode[1] != 'e')) {
        errno = EINVAL;
        return 0;
    }
    if (__syscall_ret(__syscall(SYS_pipe2, fds, (long)O_CLOEXEC)) < 0)
        return 0;
    f = __stream_open(fds[!reads], reads ? STREAM_NO_WRITES : STREAM_NO_READS);
    child = f ? __syscall_ret(__syscall(SYS_fork)) : -1;
    if (child == 0)
        run_command(command, fds[reads], reads ? STDOUT_FILENO : STDIN_FILENO);
    __syscall(SYS_close, (long)fds[reads]);
    if (child < 0) {
        if (f)
            fclose(f);
        else
            __syscall(SYS_close, (long)fds[!reads]);
        return 0;
    }
    if (mode[1] != 'e')
        __syscall(SYS_fcntl, (long)f->fd, (long)F_SETFD, 0L);
    f->child = (pid_t)child;
    return f;
}

int pclose(FILE *f)
{
    pid_t child = f->child;
    int status = 0;
    long result;

    f->child = 0;
    fclose(f);
    do
        result = __syscall_ret(__syscall(SYS_wait4, (long)child, &status, 0L, (void *)0));
    while (result < 0 && errno == EINTR);
    return result < 0 ? -1 : status;
}
