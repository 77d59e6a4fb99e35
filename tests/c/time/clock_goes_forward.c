/* Clocks never go back, in whichever process one asks; the child's processor time starts at 0. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

static int later(const struct timespec *a, const struct timespec *b)
{
    return b->tv_sec > a->tv_sec || (b->tv_sec == a->tv_sec && b->tv_nsec >= a->tv_nsec);
}

int main(void)
{
    struct timespec t0, t1;
    volatile long i, k = 0;
    clock_t mine, childs;
    int fd[2];

    pipe(fd);
    for (i = 0; i < 1000000; i++)
        k += i;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    mine = clock();
    if (fork() == 0) {
        clock_gettime(CLOCK_MONOTONIC, &t1);
        childs = clock();
        printf("child: later %d, less processor time than its parent had %d\n", later(&t0, &t1), childs < mine);
        write(fd[1], &t1, sizeof t1);
        exit(0);
    }
    wait(NULL);
    read(fd[0], &t1, sizeof t1);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    printf("parent: later %d, processor time went on %d\n", later(&t1, &t0), clock() >= mine);
    return 0;
}
