#include <stdio.h>

int add(int a, int b)
{
    int c = a + b;
}

int main(void)
{
    printf("%d\n", add(1, 2) != 0);
    return 0;
}
