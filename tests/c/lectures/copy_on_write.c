/* Lecture 4: copy-on-write. After fork both read the same pages; the first who writes gets a copy. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int x = 1;

int main(void)
{
    if (fork() == 0) {
        x = 2;
        printf("child:  x = %d at the same address\n", x);
        return 0;
    }
    wait(NULL);
    printf("parent: x = %d\n", x);
    return 0;
}
