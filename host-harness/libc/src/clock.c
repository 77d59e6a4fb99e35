/* Clocks. */
#include <bits/libc.h>
#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *ts)
{
    return (int)__syscall_ret(__syscall(SYS_clock_gettime, (long)clock, ts));
}

int clock_getres(clockid_t clock, struct timespec *ts)
{
    return (int)__syscall_ret(__syscall(SYS_clock_getres, (long)clock, ts));
}

/* The number of a clock of processor time is ~pid << 3, with 2 for a process, and 6 for a thread. */
int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    clockid_t number = ~pid << 3 | 2;
    long result = __syscall(SYS_clock_getres, (long)number, 0L);

    if (result == -EINVAL)
        return ESRCH;
    if (result == 0)
        *clock = number;
    return (int)-result;
}

/* Returns the base, or 0. */
int timespec_get(struct timespec *ts, int base)
{
    if (base != TIME_UTC || clock_gettime(CLOCK_REALTIME, ts) < 0)
        return 0;
    return base;
}

time_t time(time_t *t)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    if (t)
        *t = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *tv, void *tz)
{
    struct timezone *zone = tz;
    struct timespec now;

    if (zone)
        zone->tz_minuteswest = zone->tz_dsttime = 0;
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    tv->tv_sec = now.tv_sec;
    tv->tv_usec = now.tv_nsec / 1000;
    return 0;
}

/* The processor time used so far. */
clock_t clock(void)
{
    struct timespec used;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
        return -1;
    return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / 1000;
}

clock_t times(struct tms *buffer)
{
    return __syscall_ret(__syscall(SYS_times, buffer));
}

double difftime(time_t end, time_t start)
{
    return (double)end - (double)start;
}
