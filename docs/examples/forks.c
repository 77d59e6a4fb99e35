/* How many processes are there, and who is whose child? fork returns 0 to the child only. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    if (fork() || fork())
        fork();
    printf("hello\n");
    return 0;
}
