/* tcsetpgrp, tcsetattr, tcflush and tcdrain from the background: SIGTTOU, and the call begins anew when continued. */
// keys: \n
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int change(int what)
{
    struct termios termios;

    switch (what) {
    case 0:
        return tcsetpgrp(0, getpgrp());
    case 1:
        tcgetattr(0, &termios);
        return tcsetattr(0, TCSADRAIN, &termios);
    case 2:
        return tcflush(0, TCIFLUSH);
    default:
        return tcdrain(0);
    }
}

int main(void)
{
    for (int what = 0; what < 4; what++) {
        int status;
        pid_t child = fork();

        if (child == 0) {
            setpgid(0, 0);
            _exit(10 + change(what));
        }
        setpgid(child, child);
        for (int times = 0; times < 2; times++) {
            waitpid(child, &status, WUNTRACED);
            printf("%d: stopped by SIGTTOU: %d\n", what, WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
            if (times == 1)
                tcsetpgrp(0, child);
            kill(child, SIGCONT);
        }
        waitpid(child, &status, 0);
        printf("%d: gives %d\n", what, WEXITSTATUS(status) - 10);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(0, getpgrp());
        signal(SIGTTOU, SIG_DFL);
    }
    return 0;
}
