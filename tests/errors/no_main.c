#include <stdio.h>

void mian(void)
{
    printf("hello\n");
}
