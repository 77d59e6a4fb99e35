#include <unistd.h>

int main(void)
{
    switch (fork()) {
    case -1:
        return 1;
    case 0:
        return 2;
    case 0:
        return 3;
    default:
        return 0;
    }
}
