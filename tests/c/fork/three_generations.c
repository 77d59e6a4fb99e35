/* Nested forks that increment one private word: each generation counts on from its own copy. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int counter;

int main(void)
{
    if (fork() == 0) {
        counter++;
        if (fork() == 0) {
            counter++;
            printf("grandchild: %d\n", counter);
            return 0;
        }
        wait(NULL);
        printf("child: %d\n", counter);
        return 0;
    }
    wait(NULL);
    printf("parent: %d\n", counter);
    return 0;
}
