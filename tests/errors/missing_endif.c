#include <stdio.h>

#ifdef DEBUG
#define LOG(x) printf("%s\n", x)

int main(void)
{
    return 0;
}
