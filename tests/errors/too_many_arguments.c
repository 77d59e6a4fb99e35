#include <stdio.h>
#include <unistd.h>

static int add(int a, int b)
{
    return a + b;
}

int main(void)
{
    printf("%d\n", add(1, 2, 3));
    fork(1);
    return 0;
}
