/* Who blocks or ignores SIGTTIN reads EIO in the background; who blocks or ignores SIGTTOU writes and changes. */
// keys: nobody reads this\n
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void show(const char *what, long value)
{
    printf("%s: %ld %s\n", what, value, value < 0 ? strerror(errno) : "");
    fflush(stdout);
}

static void try(const char *how)
{
    char byte;
    struct termios termios;
    pid_t fg = tcgetpgrp(0);

    printf("%s\n", how);
    show("read", read(0, &byte, 1));
    show("read of nothing", read(0, &byte, 0));
    tcgetattr(0, &termios);
    termios.c_lflag |= TOSTOP;
    show("tcsetattr", tcsetattr(0, TCSANOW, &termios));
    show("write of nothing", write(1, "", 0));
    show("tcflush", tcflush(0, TCIFLUSH));
    show("tcsetpgrp", tcsetpgrp(0, fg));
    termios.c_lflag &= ~TOSTOP;
    show("tcsetattr", tcsetattr(0, TCSANOW, &termios));
}

int main(void)
{
    if (fork() == 0) {
        setpgid(0, 0);
        signal(SIGTTIN, SIG_IGN);
        signal(SIGTTOU, SIG_IGN);
        try("ignored");
        return 0;
    }
    wait(0);
    if (fork() == 0) {
        sigset_t set;

        setpgid(0, 0);
        sigemptyset(&set);
        sigaddset(&set, SIGTTIN);
        sigaddset(&set, SIGTTOU);
        sigprocmask(SIG_BLOCK, &set, 0);
        try("blocked");
        sigpending(&set);
        printf("pending: %d %d\n", sigismember(&set, SIGTTIN), sigismember(&set, SIGTTOU));
        return 0;
    }
    wait(0);
    return 0;
}
