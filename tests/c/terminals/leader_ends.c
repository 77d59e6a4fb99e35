/* When the leader of a session ends, the foreground is told to hang up, and the terminal is nobody's. */
// user: root
// keys: anybody\n
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void show(const char *what, long value)
{
    printf("%s: %ld %s\n", what, value, value < 0 ? strerror(errno) : "");
    fflush(stdout);
}

static void told(int signal)
{
    printf("told SIGHUP: %d\n", signal == SIGHUP);
    fflush(stdout);
}

static void leader(void)
{
    sigset_t set, old;
    pid_t child;
    int signal;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, &old);
    setsid();
    ioctl(0, TIOCSCTTY, 1);
    child = fork();
    if (child == 0) {
        char line[100];
        ssize_t length;

        setpgid(0, 0);
        struct sigaction action = {.sa_handler = told};
        sigaction(SIGHUP, &action, 0);
        kill(getppid(), SIGUSR1);
        sigsuspend(&old);
        show("tcgetsid", tcgetsid(0));
        length = read(0, line, sizeof line);
        printf("reads %zd: %.*s", length, (int)length, line);
        fflush(stdout);
        _exit(0);
    }
    sigdelset(&set, SIGHUP);
    sigwait(&set, &signal);
    tcsetpgrp(0, child);
    _exit(0);
}

int main(void)
{
    int ends[2];
    char byte;

    pipe(ends);
    if (fork() == 0) {
        leader();
        return 0;
    }
    close(ends[1]);
    wait(0);
    read(ends[0], &byte, 1); /* until the last has ended */
    return 0;
}
