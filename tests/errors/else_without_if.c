#include <stdio.h>

int main(void)
{
    int a = 1;
    if (a)
        printf("a\n");
        printf("really\n");
    else
        printf("not a\n");
    return 0;
}
