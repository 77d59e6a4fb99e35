#include <stdio.h>

int main(void)
{
    int base = 10;
    int add(int x) { return x + base; }
    printf("%d\n", add(5));
    return 0;
}
