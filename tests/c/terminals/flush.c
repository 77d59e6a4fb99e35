/* A signal from a key throws away what was typed before it, unless NOFLSH is set. */
// keys: gone^Ckept\ngone\n^Cagain\nline\n^Cend\n
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int interrupts;

static void told(int signal)
{
    (void)signal;
    interrupts++;
}

static void take(void)
{
    char line[100];
    ssize_t length = read(0, line, sizeof line);

    printf("%d: %zd: %.*s", interrupts, length, (int)length, line);
    fflush(stdout);
}

int main(void)
{
    struct sigaction action = {.sa_handler = told, .sa_flags = SA_RESTART};
    struct termios termios;

    sigaction(SIGINT, &action, 0);
    take();
    while (interrupts < 2)
        pause();
    take();
    tcgetattr(0, &termios);
    termios.c_lflag |= NOFLSH;
    tcsetattr(0, TCSANOW, &termios);
    while (interrupts < 3)
        pause();
    take();
    take();
    return 0;
}
