#include <stdio.h>
#include <conio.h>

int main(void)
{
    getch();
    return 0;
}
