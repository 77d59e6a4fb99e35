#include <stdio.h>
#else
int main(void)
{
    return 0;
}
