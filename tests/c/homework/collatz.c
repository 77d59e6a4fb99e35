/* Silberschatz 3.21: the child prints the Collatz sequence of its argument, the parent waits. */
// args: 35
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    pid_t pid;
    int n;

    if (argc != 2) {
        fprintf(stderr, "usage: ./collatz <starting value>\n");
        return -1;
    }
    n = atoi(argv[1]);
    if (n < 1) {
        fprintf(stderr, "%d must be greater than 0\n", n);
        return -1;
    }
    pid = fork();
    if (pid < 0) {
        fprintf(stderr, "Unable to create child process\n");
        return -1;
    } else if (pid == 0) {
        while (n != 1) {
            printf("%d, ", n);
            if (n % 2 == 0)
                n = n / 2;
            else
                n = 3 * n + 1;
        }
        printf("1\n");
        exit(0);
    }
    wait(NULL);
    printf("done\n");
    return 0;
}
