/* exec replaces the program, not the process: the lines after it run only if it failed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("before\n");
    fflush(stdout);
    if (fork() == 0) {
        execl("/bin/echo", "echo", "I", "am", "echo", "now", (char *)NULL);
        perror("execl");
        exit(1);
    }
    wait(NULL);
    execl("/bin/echo", "echo", "and so am I, the parent", (char *)NULL);
    printf("never printed\n");
    return 1;
}
