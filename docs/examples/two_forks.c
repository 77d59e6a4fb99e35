/* Who prints when, and how often? */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    printf("hi\n");
    fflush(stdout);
    pid_t first = fork();
    fork();
    if (first == 0)
        printf("c\n");
    else
        printf("p\n");
    while (wait(NULL) > 0)
        ;
    return 0;
}
