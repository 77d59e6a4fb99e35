/* Root's new session can take the terminal from another one; then the old one has none. */
// user: root
// keys: \n
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

int main(void)
{
    char byte;

    sigset_t set;
    int signal;
    pid_t child;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, 0);
    child = fork();
    if (child == 0) {
        setsid();
        show("asks", ioctl(0, TIOCSCTTY, 0));
        show("takes", ioctl(0, TIOCSCTTY, 1));
        show("again", ioctl(0, TIOCSCTTY, 0));
        printf("its: %d %d\n", tcgetsid(0) == getpid(), tcgetpgrp(0) == getpid());
        fflush(stdout);
        kill(getppid(), SIGUSR1);
        for (;;)
            pause();
    }
    sigwait(&set, &signal);
    show("tcgetpgrp", tcgetpgrp(0));
    /* To whom the terminal does not belong, it is a file like any other. */
    printf("reads %zd\n", read(0, &byte, 1));
    fflush(stdout);
    kill(child, SIGKILL);
    wait(0);
    return 0;
}
