/* The same, flushed at once. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    fork();
    printf("a");
    fflush(stdout);
    fork();
    printf("b");
    return 0;
}
