#include <stdio.h>

int a;
a = 5;
printf("%d\n", a);

int main(void)
{
    return a;
}
