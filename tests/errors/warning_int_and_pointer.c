#include <stdio.h>

int main(void)
{
    char c = "a";
    int *p = 5;
    char *s = 65;
    int n = NULL;
    printf("%d\n", c == "a");
    return p == s;
}
