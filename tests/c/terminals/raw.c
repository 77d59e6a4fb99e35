/* Without ICANON a read gives what is there, from MIN bytes on; without ISIG the keys are bytes. */
// keys: ab\ncd\n^C^Z^Dxy\n
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void take(void)
{
    unsigned char bytes[100];
    ssize_t length = read(0, bytes, sizeof bytes);

    printf("%zd:", length);
    for (ssize_t i = 0; i < length; i++)
        printf(" %02x", bytes[i]);
    printf("\n");
    fflush(stdout);
}

int main(void)
{
    struct termios before, raw;

    tcgetattr(0, &before);
    raw = before;
    raw.c_lflag &= ~(ICANON | ISIG);
    raw.c_cc[VMIN] = 6;
    raw.c_cc[VTIME] = 0;
    tcsetattr(0, TCSANOW, &raw);
    take();
    raw.c_cc[VMIN] = 0;
    tcsetattr(0, TCSANOW, &raw);
    take();
    raw.c_cc[VMIN] = 1;
    tcsetattr(0, TCSANOW, &raw);
    take();
    take();
    take();
    tcsetattr(0, TCSAFLUSH, &before);
    take();
    fcntl(0, F_SETFL, O_RDWR | O_NONBLOCK);
    ssize_t length = read(0, &raw, 1);
    printf("%zd %s\n", length, strerror(errno));
    return 0;
}
