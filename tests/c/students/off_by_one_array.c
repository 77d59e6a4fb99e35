/* Global arrays: writing one element too far hits whatever comes next, inside one struct that is certain. Nothing crashes. */
#include <stdio.h>

struct { int marks[4]; int total; } s;

int main(void)
{
    int i;
    int *p = s.marks;

    for (i = 0; i <= 4; i++)
        p[i] = 10 * i;
    printf("total was never set, it is %d\n", s.total);
    return 0;
}
