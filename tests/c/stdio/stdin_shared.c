/* Unbuffered reading: parent and child read from one pipe, what the one took the other does not see. */
// stdin: abcdef
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char c;

    read(0, &c, 1);
    printf("parent: %c\n", c);
    fflush(stdout);
    if (fork() == 0) {
        read(0, &c, 1);
        printf("child: %c\n", c);
        read(0, &c, 1);
        printf("child: %c\n", c);
        exit(0);
    }
    wait(NULL);
    while (read(0, &c, 1) == 1)
        printf("parent: %c\n", c);
    return 0;
}
