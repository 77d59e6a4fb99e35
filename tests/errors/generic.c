#include <stdio.h>
#define NAME(x) _Generic((x), int: "int", double: "double", default: "other")

int main(void)
{
    printf("%s\n", NAME(1));
    return 0;
}
