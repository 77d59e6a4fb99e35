#include <time.h>

int main(void)
{
    timer_delete(0);
    return 0;
}
