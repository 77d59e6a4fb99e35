#include <stdio.h>

struct point { int x, y; };

int main(void)
{
    struct point p = { 1, 2 }, *q = &p;
    printf("%d %d\n", q.x, p->y);
    return 0;
}
