/* A timer with an interval counts again when its signal is taken: while that is blocked it comes once. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

int main(void)
{
    struct itimerval v = {{0, 10000}, {0, 10000}}, left;
    struct timespec while_ = {0, 60000000};
    sigset_t set, pending;

    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    setitimer(ITIMER_REAL, &v, NULL);
    nanosleep(&while_, NULL);
    sigpending(&pending);
    printf("pends: %d\n", sigismember(&pending, SIGALRM));
    getitimer(ITIMER_REAL, &left);
    printf("left: %ld %ld\n", (long)left.it_value.tv_sec, (long)left.it_value.tv_usec);
    printf("every: %ld %ld\n", (long)left.it_interval.tv_sec, (long)left.it_interval.tv_usec);
    return 0;
}
