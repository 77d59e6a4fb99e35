/* The unflushed buffer is copied by every fork below it: "x" once for each of the four processes, "y" once for each child. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int i;

    printf("x");
    for (i = 0; i < 3; i++) {
        if (fork() == 0) {
            printf("y%d\n", i);
            exit(0);
        }
        wait(NULL);
    }
    printf("z\n");
    return 0;
}
