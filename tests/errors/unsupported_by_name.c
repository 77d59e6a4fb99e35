#include <stdio.h>

int shmget(int key, unsigned long size, int flags);

int main(void)
{
    printf("%d\n", shmget(0, 4096, 0));
    return 0;
}
