/* In the background of an orphaned group nobody stops, who could not be continued: EIO, and ENOTTY of tcsetpgrp. */
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
    if (fork() == 0) {
        struct termios termios;
        char byte;
        pid_t child;

        setsid();
        ioctl(0, TIOCSCTTY, 1);
        child = fork();
        if (child == 0)
            for (;;)
                pause();
        setpgid(child, child);
        tcgetattr(0, &termios);
        tcsetpgrp(0, child);
        /* The leader's parent is in another session. */
        show("read", read(0, &byte, 1));
        show("tcsetpgrp", tcsetpgrp(0, getpgrp()));
        show("tcsetattr", tcsetattr(0, TCSANOW, &termios));
        show("tcflush", tcflush(0, TCIFLUSH));
        fflush(stdout);
        raise(SIGTSTP);
        raise(SIGTTIN);
        raise(SIGTTOU);
        printf("not stopped\n");
        fflush(stdout);
        signal(SIGTTOU, SIG_IGN);
        show("ignoring: tcsetpgrp", tcsetpgrp(0, getpgrp()));
        termios.c_lflag |= TOSTOP;
        show("tcsetattr", tcsetattr(0, TCSANOW, &termios));
        tcsetpgrp(0, child);
        fflush(stdout);
        signal(SIGTTOU, SIG_DFL);
        ssize_t length = write(1, "not written\n", 12);
        int error = errno;
        signal(SIGTTOU, SIG_IGN);
        printf("write %zd %s\n", length, strerror(error));
        fflush(stdout);
        kill(child, SIGKILL);
        wait(0);
        return 0;
    }
    wait(0);
    return 0;
}
