#include <stdio.h>
#include <sys/wait.h>

int main(void)
{
    int status;
    wait(&stauts);
    return 0;
}
