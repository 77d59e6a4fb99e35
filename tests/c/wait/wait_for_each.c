/* A parent that blocks in wait goes on as soon as one child is dead; children end at different times. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int i, status;

    for (i = 3; i >= 1; i--) {
        if (fork() == 0) {
            usleep(i * 120000);
            exit(i);
        }
    }
    /* They die one by one while we wait: now the order of death is the order of wait. */
    while (wait(&status) != -1)
        printf("child %d is done\n", WEXITSTATUS(status));
    printf("all done\n");
    return 0;
}
