/* C99: a main that reaches its end returns 0. */
#include <stdio.h>

int main(void)
{
    int unused = 77;

    printf("no return\n");
}
