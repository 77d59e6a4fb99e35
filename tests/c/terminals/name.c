/* What a program learns of its terminal. */
// keys: \n
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

int main(void)
{
    struct termios termios;

    printf("%d %d %d %d\n", isatty(0), isatty(1), isatty(2), isatty(3));
    printf("%s, named: %d\n", ctermid(0), strncmp(ttyname(0), "/dev/pts/", 9) == 0);
    tcgetattr(0, &termios);
    printf("iflag %o cflag %o\n", termios.c_iflag, termios.c_cflag);
    printf("lflag %o\n", termios.c_lflag & (ISIG | ICANON | NOFLSH | TOSTOP | IEXTEN));
    for (int i = 0; i < 17; i++)
        printf("%02x ", termios.c_cc[i]);
    printf("\n");
    cfmakeraw(&termios);
    printf("tcsetattr %d\n", tcsetattr(0, TCSANOW, &termios));
    termios.c_cflag = 0;
    tcsetattr(0, TCSANOW, &termios);
    tcgetattr(0, &termios);
    printf("cflag %o lflag %o\n", termios.c_cflag & ~017, termios.c_lflag & (ISIG | ICANON | IEXTEN));
    return 0;
}
