/* init PROGRAM ARG...: process 1. Starts the program as a job of its own, as a shell does, and reaps, for ever, what is
   left to it. If there is a terminal, it is the session's, and the job is in the foreground while its first process
   lives. */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int terminal(void)
{
    int fd;

    for (fd = 0; fd < 3; fd++)
        if (isatty(fd))
            return fd;
    return -1;
}

int main(int argc, char **argv)
{
    int tty = terminal();
    pid_t job = -1, ended;

    setsid();
    if (tty >= 0) {
        ioctl(tty, TIOCSCTTY, 0);
        signal(SIGTTOU, SIG_IGN);
    }
    if (argc > 1 && (job = fork()) == 0) {
        setpgid(0, 0);
        if (tty >= 0) {
            tcsetpgrp(tty, getpid());
            signal(SIGTTOU, SIG_DFL);
        }
        execv(argv[1], argv + 1);
        _exit(127);
    }
    for (;;) {
        ended = wait4(-1, 0, 0, 0);
        if (ended < 0)
            pause(); /* no children: some may be left to it later */
        else if (ended == job && tty >= 0)
            tcsetpgrp(tty, getpid());
    }
}
