/* How many times is ab printed, and can anything else be printed? printf keeps what it is given until the process ends,
   unless stdout is a terminal, and fork copies what it keeps. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    fork();
    printf("a");
    fork();
    printf("b");
    return 0;
}
