#include <stdio.h>

int main(void)
{
    printf(“pasted from the slides\n”);
    return 0;
}
