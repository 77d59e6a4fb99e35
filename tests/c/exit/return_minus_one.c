/* return -1 from main is exit(-1): status 255. */
#include <stdio.h>

int main(void)
{
    printf("something went wrong\n");
    return -1;
}
