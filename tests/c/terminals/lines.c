/* Input comes in lines: a read gives at most one, and the rest of it next time. DEL and ^U correct what is typed. */
// keys: one\ntwo\nabcdef\nab^?c\nlost^Ufound\npart^Dial\nfull^Dnext\n^C
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void take(size_t room)
{
    char line[100];
    ssize_t length = read(0, line, room);

    printf("read(%zu) = %zd: %.*s|\n", room, length, (int)length, line);
    fflush(stdout);
}

static void waiting(void)
{
    int bytes = -1;

    printf("FIONREAD %d ", ioctl(0, FIONREAD, &bytes));
    printf("%d\n", bytes);
    fflush(stdout);
}

static void told(int signal)
{
    (void)signal;
}

int main(void)
{
    take(100);
    take(100);
    take(3);
    waiting();
    take(0);
    take(100);
    take(100);
    take(100);
    take(100);
    take(100);
    take(4); /* the end of the file behind them is not found again */
    take(100);
    signal(SIGINT, told);
    pause();
    waiting();
    return 0;
}
