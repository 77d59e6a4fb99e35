/* Two pipes make a conversation: each side waits for the other, the order of the lines is fixed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int down[2], up[2], ball;

    pipe(down);
    pipe(up);
    setbuf(stdout, NULL);
    if (fork() == 0) {
        while (read(down[0], &ball, sizeof ball) == sizeof ball && ball >= 0) {
            printf("  child:  pong %d\n", ball);
            ball++;
            write(up[1], &ball, sizeof ball);
        }
        exit(0);
    }
    ball = 1;
    while (ball < 8) {
        printf("parent: ping %d\n", ball);
        write(down[1], &ball, sizeof ball);
        read(up[0], &ball, sizeof ball);
    }
    ball = -1;
    write(down[1], &ball, sizeof ball);
    wait(NULL);
    return 0;
}
