#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int pid = frok();
    if (pid = 0) {
        prinf("child\n");
        x = 5;
    }
    wait(NULL)
    return 0
}
