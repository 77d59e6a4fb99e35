#include <stdio.h>

int main(void)
{
    printf("C:\data\new\quota\n");
    return 0;
}
