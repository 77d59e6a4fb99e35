#include <stdio.h>

int main(void)
{
    printf("Grüße\n");
    return 0;
}
