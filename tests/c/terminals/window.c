/* The size of the terminal: the foreground hears of a new one. */
// keys: \n
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void told(int signal)
{
    (void)signal;
    write(1, "SIGWINCH\n", 9);
}

int main(void)
{
    struct winsize size;

    signal(SIGWINCH, told);
    ioctl(0, TIOCGWINSZ, &size);
    printf("%d x %d\n", size.ws_row, size.ws_col);
    size.ws_row = 24;
    size.ws_col = 80;
    fflush(stdout);
    ioctl(0, TIOCSWINSZ, &size);
    ioctl(0, TIOCSWINSZ, &size);
    ioctl(1, TIOCGWINSZ, &size);
    printf("%d x %d\n", size.ws_row, size.ws_col);
    return 0;
}
