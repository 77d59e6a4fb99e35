/* A new descriptor is always the lowest free number. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int fd[2], i;

    for (i = 3; i < 100; i++)           /* whatever the shell left open */
        close(i);
    pipe(fd);
    printf("pipe: %d %d\n", fd[0], fd[1]);
    printf("dup: %d\n", dup(1));
    close(3);
    printf("after close(3), dup: %d\n", dup(1));
    close(4);
    close(5);
    pipe(fd);
    printf("after close(4) and close(5), pipe: %d %d\n", fd[0], fd[1]);
    close(0);
    printf("after close(0), dup: %d\n", dup(1));
    printf("dup2 to 42: %d\n", dup2(1, 42));
    printf("dup: %d\n", dup(1));
    return 0;
}
