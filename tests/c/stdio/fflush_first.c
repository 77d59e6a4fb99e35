/* fflush before fork: nothing is left in the buffer, nothing is doubled. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("before fork, ");
    fflush(stdout);
    if (fork() == 0) {
        printf("child, ");
        return 0;
    }
    wait(NULL);
    printf("parent\n");
    return 0;
}
