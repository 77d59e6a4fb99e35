/*
 * printf and fork in one loop. Every process ends with the same buffer "0 1 2 ", although it was
 * born after some of it was printed: 8 processes, 8 times the whole text.
 */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int i;

    for (i = 0; i < 3; i++) {
        printf("%d ", i);
        fork();
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
