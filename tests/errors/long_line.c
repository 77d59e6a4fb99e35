#include <stdio.h>

int main(void)
{
    printf("%d\n", 0); printf("%d\n", 1); printf("%d\n", 2); printf("%d\n", 3); printf("%d\n", 4); printf("%d\n", 5); printf("%d\n", 6); printf("%d\n", 7); printf("%d\n", 8); printf("%d\n", 9); printf("%d\n", 10); printf("%d\n", 11); printf("%d\n", 12); printf("%d\n", 13); printf("%d\n", 14); printf("%d\n", 15); printf("%d\n", 16); printf("%d\n", 17); printf("%d\n", 18); printf("%d\n", 19); printf("%d\n", 20); printf("%d\n", 21); printf("%d\n", 22); printf("%d\n", 23); printf("%d\n", 24); printf("%d\n", 25); printf("%d\n", 26); printf("%d\n", 27); printf("%d\n", 28); printf("%d\n", 29); printf("%d\n", 30); printf("%d\n", 31); printf("%d\n", 32); printf("%d\n", 33); printf("%d\n", 34); printf("%d\n", 35); printf("%d\n", 36); printf("%d\n", 37); printf("%d\n", 38); printf("%d\n", 39); x = 1;
    return 0;
}
