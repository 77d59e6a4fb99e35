/* rand with a seed gives the same numbers everywhere (glibc's); a child continues its own copy of the sequence. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int i;

    printf("unseeded: %d %d\n", rand(), 0);
    srand(42);
    for (i = 0; i < 5; i++)
        printf("%d ", rand());
    printf("\n");
    srand(1);
    printf("srand(1) is unseeded: %d\n", rand());
    srand(7);
    rand();
    fflush(stdout);
    if (fork() == 0) {
        printf("child:  %d %d\n", rand() % 100, 0);
        exit(0);
    }
    wait(NULL);
    printf("parent: %d %d\n", rand() % 100, 0);
    printf("RAND_MAX %d\n", RAND_MAX);
    return 0;
}
