/* Clocks that there are and clocks that there are not, and which of them one can sleep by. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(void)
{
    struct timespec t, bad = {0, 1000000000}, tiny = {0, 1};
    int clocks[] = {0, 1, 2, 3, 4, 7, 11}, none[] = {8, 9, 10, 12, 1000, -1, -5}, i;

    for (i = 0; i < 7; i++) {
        int result = clock_getres(clocks[i], &t);
        printf("%d: %d, %ld ns, ", clocks[i], result, t.tv_nsec);
        printf("shown %d\n", clock_gettime(clocks[i], &t));
    }
    for (i = 5; i < 7; i++) {
        int result = clock_getres(i, &t);
        printf("%d: %d, a nanosecond %d, ", i, result, t.tv_nsec == 1);
        printf("shown %d\n", clock_gettime(i, &t));
    }
    for (i = 0; i < 7; i++) {
        int result = clock_getres(none[i], &t);
        printf("%d: %d, %s\n", none[i], result, strerror(errno));
        result = clock_gettime(none[i], &t);
        printf("%d: %d, %s\n", none[i], result, strerror(errno));
    }
    printf("nowhere to put it: %d\n", clock_getres(1, NULL));
    for (i = -1; i < 13; i++)
        if (i != 2)
            printf("sleep by %d: %s, %s\n", i, strerror(clock_nanosleep(i, 0, &tiny, NULL)),
                   strerror(clock_nanosleep(i, 0, &bad, NULL)));
    return 0;
}
