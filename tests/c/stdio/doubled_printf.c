/*
 * A printf without newline before fork: the text stands in the stdio buffer, the buffer is memory,
 * fork copies memory. So it appears twice.
 */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("before fork ");
    if (fork() == 0) {
        printf("child\n");
        return 0;
    }
    wait(NULL);
    printf("parent\n");
    return 0;
}
