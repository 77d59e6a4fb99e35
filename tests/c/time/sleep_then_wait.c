/* The parent sleeps longer than the child lives: the wait that comes later does not block, the zombie has waited. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    struct timespec a, b;
    long ms;

    if (fork() == 0)
        _exit(0);
    usleep(200000);
    clock_gettime(CLOCK_MONOTONIC, &a);
    wait(NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
    printf("wait did not block: %d\n", ms < 1000);

    if (fork() == 0) {
        usleep(200000);
        _exit(0);
    }
    clock_gettime(CLOCK_MONOTONIC, &a);
    wait(NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
    printf("this one did: %d\n", ms >= 100);
    return 0;
}
