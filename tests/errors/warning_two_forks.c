#include <stdio.h>
#include <unistd.h>

int main(void)
{
    printf("%d %d\n", fork() == 0, fork() == 0);
    return 0;
}
