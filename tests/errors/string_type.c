#include <stdio.h>

int main(void)
{
    String name = "Ada";
    printf("%s\n", name);
    return 0;
}
