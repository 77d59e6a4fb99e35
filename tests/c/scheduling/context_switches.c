/* Who sleeps gives up the processor by itself: each sleep is a voluntary context switch. Who only computes has next to none. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

static long voluntary(void)
{
    struct rusage ru;

    getrusage(RUSAGE_SELF, &ru);
    return ru.ru_nvcsw;
}

int main(void)
{
    long before = voluntary();
    volatile int i;

    for (i = 0; i < 20; i++)
        usleep(1000);
    printf("20 sleeps, at least 20 voluntary switches: %d\n", voluntary() - before >= 20);
    before = voluntary();
    for (i = 0; i < 100000; i++)
        ;
    printf("a loop, none of them: %d\n", voluntary() - before == 0);
    before = voluntary();
    if (fork() == 0) {
        usleep(5000);
        _exit(0);
    }
    wait(NULL);
    printf("waiting for a child, at least one: %d\n", voluntary() - before >= 1);
    return 0;
}
