/* What the questions about terminals answer to who may not ask, or asks nonsense. */
// keys: \n
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void show(const char *what, int value)
{
    printf("%s: %d %s\n", what, value, value < 0 ? strerror(errno) : "");
}

static void ask(int fd)
{
    struct termios termios;
    int number = 0;

    show("tcgetpgrp", tcgetpgrp(fd) > 0 ? 1 : -1);
    show("tcgetsid", tcgetsid(fd) > 0 ? 1 : -1);
    show("tcsetpgrp", tcsetpgrp(fd, getpgrp()));
    show("tcgetattr", tcgetattr(fd, &termios));
    show("isatty", isatty(fd) ? 1 : -1);
    show("TIOCSCTTY", ioctl(fd, TIOCSCTTY, 0));
    show("FIONREAD", ioctl(fd, FIONREAD, &number));
    show("TIOCNOTTY", ioctl(fd, TIOCNOTTY));
}

int main(void)
{
    int pipes[2];
    pid_t child;

    printf("a pipe\n");
    pipe(pipes);
    write(pipes[1], "abc", 3);
    ask(pipes[0]);
    printf("no descriptor\n");
    ask(99);
    printf("numbers\n");
    show("negative", tcsetpgrp(0, -1));
    show("zero", tcsetpgrp(0, 0));
    show("nobody", tcsetpgrp(0, 4194303));
    show("NULL", ioctl(0, TIOCSPGRP, 0));
    show("NULL", ioctl(0, TIOCGPGRP, 0));
    show("NULL", ioctl(0, TCGETS, 0));
    show("NULL", ioctl(0, TCSETS, 0));
    show("tcflush", tcflush(0, 7));
    show("not a leader", ioctl(0, TIOCSCTTY, 0));
    child = fork();
    if (child == 0) {
        pause();
        return 0;
    }
    setpgid(child, child);
    signal(SIGTTOU, SIG_IGN);
    show("another group", tcsetpgrp(0, child));
    printf("it is: %d\n", tcgetpgrp(0) == child);
    kill(child, SIGKILL);
    wait(0);
    printf("gone, and still said to be: %d\n", tcgetpgrp(0) == child);
    show("gone", tcsetpgrp(0, child));
    /* A process will do where no group has its number. */
    child = fork();
    if (child == 0) {
        pause();
        return 0;
    }
    show("a process", tcsetpgrp(0, child));
    kill(child, SIGKILL);
    wait(0);
    show("back", tcsetpgrp(0, getpgrp()));
    fflush(stdout);
    printf("a new session\n");
    fflush(stdout);
    if (fork() == 0) {
        setsid();
        ask(0);
        return 0;
    }
    wait(0);
    return 0;
}
