/* Each fork doubles the number of processes: three of them make eight, and eight lines. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main()
{
    fork();
    fork();
    fork();
    printf("hello\n");
    while (wait(NULL) > 0)
        ;
    return 0;
}
