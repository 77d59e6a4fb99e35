/* Timers of the process. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

int getitimer(int which, struct itimerval *value)
{
    return (int)__syscall_ret(__syscall(SYS_getitimer, (long)which, value));
}

int setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
    return (int)__syscall_ret(__syscall(SYS_setitimer, (long)which, value, old));
}

unsigned int alarm(unsigned int seconds)
{
    return (unsigned int)__syscall(SYS_alarm, (long)seconds);
}

useconds_t ualarm(useconds_t value, useconds_t interval)
{
    struct itimerval new, old;

    new.it_value.tv_sec = value / 1000000;
    new.it_value.tv_usec = value % 1000000;
    new.it_interval.tv_sec = interval / 1000000;
    new.it_interval.tv_usec = interval % 1000000;
    if (setitimer(ITIMER_REAL, &new, &old) < 0)
        return (useconds_t)-1;
    return old.it_value.tv_sec * 1000000 + old.it_value.tv_usec;
}
