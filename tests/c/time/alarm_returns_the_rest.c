/* alarm returns the seconds that the one before had left; there is one for a process, and 0 takes it away. */
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

int main(void)
{
    struct itimerval value;

    printf("none: %u\n", alarm(1000));
    printf("all of it: %u\n", alarm(500));
    printf("the second: %u\n", alarm(0));
    printf("taken away: %u\n", alarm(0));
    memset(&value, 0, sizeof value);
    value.it_value.tv_usec = 400000;
    setitimer(ITIMER_REAL, &value, NULL);
    printf("less than a second is one: %u\n", alarm(0));
    value.it_value.tv_sec = 5;
    setitimer(ITIMER_REAL, &value, NULL);
    printf("the same timer, to the nearest: %u\n", alarm(0));
    return 0;
}
