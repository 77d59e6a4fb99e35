/* A ball goes forth and back through two pipes. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int there[2], back[2], status = 0;
    unsigned char ball = 1;
    pid_t child;

    pipe(there);
    pipe(back);
    child = fork();
    if (child == 0) {
        close(there[1]);
        close(back[0]);
        while (read(there[0], &ball, 1) == 1) {
            dprintf(1, "pong %d\n", ball);
            ball++;
            write(back[1], &ball, 1);
        }
        _exit(0);
    }
    close(there[0]);
    close(back[1]);
    while (ball < 10) {
        dprintf(1, "ping %d\n", ball);
        write(there[1], &ball, 1);
        read(back[0], &ball, 1);
    }
    close(there[1]);
    waitpid(child, &status, 0);
    dprintf(1, "status %d, the ball is %d\n", status, ball);
    return 0;
}
