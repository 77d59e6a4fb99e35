/* clock_nanosleep: a length of time leaves what is left of it when a handler comes; a moment does not. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void handler(int signal)
{
}

static struct timespec in(int clock, int seconds)
{
    struct timespec t;

    clock_gettime(clock, &t);
    t.tv_sec += seconds;
    return t;
}

int main(void)
{
    struct timespec t, left = {77, 77}, past = {0, 0};
    struct sigaction action;
    int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI}, i, result;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    for (i = 0; i < 4; i++) {
        printf("%d, a moment long ago: %s\n", clocks[i], strerror(clock_nanosleep(clocks[i], TIMER_ABSTIME, &past, NULL)));
        t = in(clocks[i], 0);
        t.tv_nsec += 20000000;
        if (t.tv_nsec > 999999999) {
            t.tv_nsec -= 1000000000;
            t.tv_sec++;
        }
        printf("%d, a moment soon: %s\n", clocks[i], strerror(clock_nanosleep(clocks[i], TIMER_ABSTIME, &t, &left)));
        clock_gettime(clocks[i], &past);
        printf("it has come: %d\n", past.tv_sec > t.tv_sec || past.tv_sec == t.tv_sec && past.tv_nsec >= t.tv_nsec);
        memset(&past, 0, sizeof past);
    }
    ualarm(20000, 0);
    t = in(CLOCK_MONOTONIC, 1000);
    result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left);
    printf("until then: %s, left %ld %ld\n", strerror(result), (long)left.tv_sec, left.tv_nsec);
    ualarm(20000, 0);
    t.tv_sec = 1000;
    t.tv_nsec = 0;
    result = clock_nanosleep(CLOCK_REALTIME, 0, &t, &left);
    printf("so long: %s, left %ld and more: %d\n", strerror(result), (long)left.tv_sec, left.tv_nsec > 0);
    ualarm(20000, 0);
    result = nanosleep(&t, &t);
    printf("into the same place: %d %s, %ld\n", result, strerror(errno), (long)t.tv_sec);
    ualarm(20000, 0);
    result = syscall(SYS_clock_nanosleep, 1L, 0L, &left, 8L);
    printf("nowhere to put it: %d %s\n", result, strerror(errno));
    result = syscall(SYS_clock_nanosleep, 1L, 0L, 8L, 0L);
    printf("no time: %d %s\n", result, strerror(errno));
    return 0;
}
