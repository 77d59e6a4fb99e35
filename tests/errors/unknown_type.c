#include <stdio.h>

int main(void)
{
    uint8 a = 1;
    printf("%zu\n", sizeof(uint9));
    return a;
}
