/* How a terminal behaves. The kernel's structure has 19 special characters and no speeds. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#define KERNEL_NCCS 19
#define CBAUD 0010017

struct kernel_termios {
    tcflag_t flags[4];
    cc_t line;
    cc_t cc[KERNEL_NCCS];
};

int tcgetattr(int fd, struct termios *termios)
{
    struct kernel_termios k;

    if (ioctl(fd, TCGETS, &k) < 0)
        return -1;
    memset(termios, 0, sizeof *termios);
    termios->c_iflag = k.flags[0];
    termios->c_oflag = k.flags[1];
    termios->c_cflag = k.flags[2];
    termios->c_lflag = k.flags[3];
    termios->c_line = k.line;
    memcpy(termios->c_cc, k.cc, KERNEL_NCCS);
    termios->c_ispeed = termios->c_ospeed = k.flags[2] & CBAUD;
    return 0;
}

int tcsetattr(int fd, int when, const struct termios *termios)
{
    struct kernel_termios k;

    if (when < TCSANOW || when > TCSAFLUSH) {
        errno = EINVAL;
        return -1;
    }
    k.flags[0] = termios->c_iflag;
    k.flags[1] = termios->c_oflag;
    k.flags[2] = termios->c_cflag;
    k.flags[3] = termios->c_lflag;
    k.line = termios->c_line;
    memcpy(k.cc, termios->c_cc, KERNEL_NCCS);
    return ioctl(fd, TCSETS + (unsigned long)when, &k);
}

void cfmakeraw(struct termios *termios)
{
    termios->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    termios->c_oflag &= ~OPOST;
    termios->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    termios->c_cflag &= ~(CSIZE | PARENB);
    termios->c_cflag |= CS8;
    termios->c_cc[VMIN] = 1;
    termios->c_cc[VTIME] = 0;
}

int tcdrain(int fd)
{
    return ioctl(fd, TCSBRK, 1L);
}

int tcflush(int fd, int queue)
{
    return ioctl(fd, TCFLSH, (long)queue);
}
