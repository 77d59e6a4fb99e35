#include <stdio.h>

int main(void)
{
    /* this comment is never closed
    printf("hello\n");
    return 0;
}
