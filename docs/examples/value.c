/* Which value has x where it is printed? */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int x = 1;

    if (fork() == 0) {
        x = x + 1;
        printf("child: x = %d\n", x);
    } else {
        wait(NULL);
        x = x - 1;
        printf("parent: x = %d\n", x);
    }
    return 0;
}
