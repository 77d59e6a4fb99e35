#include <unistd.h>

int main(void)
{
    alarm(5);
    return 0;
}
