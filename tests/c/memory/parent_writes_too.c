/* Copy-on-write works in both directions: what the parent writes after fork the child does not see. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int price = 100;

int main(void)
{
    int fd[2];
    char c;

    pipe(fd);
    if (fork() == 0) {
        read(fd[0], &c, 1);             /* until the parent has written */
        printf("child sees %d\n", price);
        exit(0);
    }
    price = 200;
    write(fd[1], "x", 1);
    wait(NULL);
    printf("parent sees %d\n", price);
    return 0;
}
