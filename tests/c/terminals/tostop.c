/* The background may write, unless TOSTOP is set: then it gets SIGTTOU. */
// keys: \n
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void say(const char *text)
{
    write(1, text, strlen(text));
}

int main(void)
{
    struct termios termios;
    int status;
    pid_t child = fork();

    if (child == 0) {
        setpgid(0, 0);
        say("without TOSTOP\n");
        return 0;
    }
    wait(0);
    tcgetattr(0, &termios);
    termios.c_lflag |= TOSTOP;
    tcsetattr(0, TCSANOW, &termios);
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        say("with TOSTOP\n");
        signal(SIGTTOU, SIG_IGN);
        say("ignored\n");
        return 0;
    }
    setpgid(child, child);
    waitpid(child, &status, WUNTRACED);
    printf("stopped by SIGTTOU: %d\n", WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
    fflush(stdout);
    termios.c_lflag &= ~TOSTOP;
    tcsetattr(0, TCSANOW, &termios);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    printf("done: %d\n", WIFEXITED(status));
    return 0;
}
