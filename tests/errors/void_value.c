#include <stdio.h>

static void hello(void)
{
    printf("hello\n");
}

int main(void)
{
    int a = hello();
    return a + hello();
}
