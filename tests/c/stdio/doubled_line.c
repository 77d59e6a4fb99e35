/*
 * On a pipe stdout is fully buffered: even a line that ends in \n is doubled by fork.
 * (On a terminal it would appear once: there stdout is flushed at every newline.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("Hello world\n");
    write(STDOUT_FILENO, "Ciao\n", 5);

    if (fork() == -1)
        exit(1);

    /* Both child and parent continue execution here */
    wait(NULL);
    exit(EXIT_SUCCESS);
}
