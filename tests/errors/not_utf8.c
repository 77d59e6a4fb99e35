#include <stdio.h>

int main(void)
{
    int année = 2026;
    printf("%d\n", année);
    return 0;
}
