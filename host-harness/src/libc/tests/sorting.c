/* Random numbers are the same numbers; sorting asks the same questions in the same order. */
#include <stdio.h>
#include <stdlib.h>

static int by_last_digit(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    printf("%d?%d ", x, y);
    return x % 10 - y % 10;
}

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void sort(int count)
{
    static int number[1000];
    int i;

    for (i = 0; i < count; i++)
        number[i] = rand() % 1000;
    qsort(number, (size_t)count, sizeof *number, by_last_digit);
    printf("\n");
    for (i = 0; i < count; i++)
        printf("%d ", number[i]);
    printf("\n");
}

int main(void)
{
    int odd[] = {1, 3, 5, 7, 9, 11};
    unsigned seed = 5;
    int i, key, *found;

    for (i = 0; i < 5; i++)
        printf("%d ", rand());
    srand(42);
    for (i = 0; i < 1000; i++)
        printf("%d ", rand());
    srandom(7);
    for (i = 0; i < 40; i++)
        printf("%ld ", random());
    srand(0);
    printf("%d ", rand());
    srand(4294967295u);
    printf("%d\n", rand());
    for (i = 0; i < 5; i++)
        printf("%d ", rand_r(&seed));
    for (i = 0; i < 12; i++)
        sort(i);
    sort(300);
    for (key = 0; key < 13; key++) {
        found = bsearch(&key, odd, 6, sizeof *odd, ascending);
        printf("%d ", found ? *found : -1);
    }
    printf("\n");
    return 0;
}
