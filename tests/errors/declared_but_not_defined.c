#include <stdio.h>

int helper(int a);

int main(void)
{
    printf("%d\n", helper(3));
    return 0;
}
