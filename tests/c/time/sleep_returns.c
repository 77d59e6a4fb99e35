/* sleep returns 0 when it has slept to the end, and time has passed; nanosleep refuses nonsense. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec bad = { 0, 1000000000 }, tiny = { 0, 1 };
    struct timespec before, after;
    int r;

    clock_gettime(CLOCK_MONOTONIC, &before);
    printf("sleep: %u\n", sleep(1));
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("at least a second passed: %d\n",
           (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >= 1000000000L);
    r = nanosleep(&tiny, NULL);
    printf("a nanosecond: %d\n", r);
    r = nanosleep(&bad, NULL);
    printf("a thousand million nanoseconds: %d %s\n", r, strerror(errno));
    return 0;
}
