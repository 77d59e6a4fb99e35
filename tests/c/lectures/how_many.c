/* Lecture 7: how many lines? The exam question, with the doubled buffer as its trap. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("A");
    fork();
    printf("B");
    fork();
    printf("C\n");
    while (wait(NULL) > 0)
        ;
    return 0;
}
