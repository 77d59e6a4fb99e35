/* A sleep of as many seconds as there are is cut to KTIME_MAX, 292 years, and so is what is left of it. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define KTIME_SEC_MAX 9223372036L

static void on_alarm(int sig)
{
    (void)sig;
}

int main(void)
{
    struct timespec length = {LONG_MAX, 999999999}, left;

    signal(SIGALRM, on_alarm);
    alarm(1);
    int result = nanosleep(&length, &left);
    printf("%d %d, 292 years are left: %d\n", result, errno == EINTR,
           left.tv_sec <= KTIME_SEC_MAX && left.tv_sec > KTIME_SEC_MAX - 1000000000);
    alarm(1);
    result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &length, NULL);
    printf("until then: %d\n", result == EINTR);
    return 0;
}
