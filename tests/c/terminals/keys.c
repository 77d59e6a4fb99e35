/* ^C, ^\ and ^Z are signals for the foreground; ^D is the end of the file, and not for ever. */
// keys: ^C^\^Zline\n^D^Dlast\n
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void told(int signal)
{
    const char *text = signal == SIGINT ? "SIGINT\n" : signal == SIGQUIT ? "SIGQUIT\n" : "SIGTSTP\n";

    write(1, text, strlen(text));
}

int main(void)
{
    char line[100];

    signal(SIGINT, told);
    signal(SIGQUIT, told);
    signal(SIGTSTP, told);
    for (int i = 0; i < 3; i++)
        pause();
    for (int i = 0; i < 4; i++) {
        ssize_t length = read(0, line, sizeof line);

        printf("%zd: %.*s\n", length, (int)length, line);
        fflush(stdout);
    }
    return 0;
}
