/* A timer with an interval: the handler runs each time, and the next one is not put off by how long it takes. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
    ticks++;
}

int main(void)
{
    struct itimerval value = {{0, 20000}, {0, 20000}}, none = {{0, 0}, {0, 0}}, left;
    struct timeval before, after;

    signal(SIGALRM, tick);
    gettimeofday(&before, NULL);
    setitimer(ITIMER_REAL, &value, NULL);
    while (ticks < 5)
        pause();
    setitimer(ITIMER_REAL, &none, &left);
    gettimeofday(&after, NULL);
    timersub(&after, &before, &after);
    printf("five ticks of 20 ms take at least 100 ms: %d\n", after.tv_sec > 0 || after.tv_usec >= 99000);
    printf("every %ld %ld, less than that is left: %d\n", (long)left.it_interval.tv_sec, (long)left.it_interval.tv_usec,
           left.it_value.tv_sec == 0 && left.it_value.tv_usec <= 20000);
    usleep(60000);
    printf("stopped: %d\n", (int)ticks);
    return 0;
}
