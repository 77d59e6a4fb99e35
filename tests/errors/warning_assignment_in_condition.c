#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int pid = fork();
    if (pid = 0)
        printf("child\n");
    return 0;
}
