#include <stdatomic.h>

int main(void)
{
    _Atomic int counter = 0;
    counter++;
    return counter;
}
