/*
 * fork() in an expression: && and || decide by fork's value, which is 0 in the child, whether
 * the next fork is called at all. The famous exam question: how many processes?
 */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    fork() && fork() || fork();
    printf("one process\n");
    while (wait(NULL) > 0)
        ;
    return 0;
}
