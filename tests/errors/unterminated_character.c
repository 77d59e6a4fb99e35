#include <stdio.h>

int main(void)
{
    char c = 'a;
    putchar(c);
    return 0;
}
