#include <stdio.h>
#define SIZE 10;

int main(void)
{
    int a[SIZE];
    printf("%zu\n", sizeof a);
    return 0;
}
