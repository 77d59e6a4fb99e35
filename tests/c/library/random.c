/* All of the family: rand, random, rand_r; the same seeds give glibc's numbers. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    unsigned seed = 5;
    int i;

    printf("rand: ");
    for (i = 0; i < 4; i++)
        printf("%d ", rand());
    srandom(2024);
    printf("\nrandom: ");
    for (i = 0; i < 4; i++)
        printf("%ld ", random());
    srand(2024);
    printf("\nrand, same state: ");
    for (i = 0; i < 4; i++)
        printf("%d ", rand());
    printf("\nrand_r: ");
    for (i = 0; i < 4; i++)
        printf("%d ", rand_r(&seed));
    srand(0);
    for (i = 0; i < 1000; i++)
        rand();
    printf("\nafter a thousand of seed 0: %d\n", rand());
    return 0;
}
