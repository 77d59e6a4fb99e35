/* Sleeping. */
#include <bits/libc.h>
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int nanosleep(const struct timespec *request, struct timespec *left)
{
    return (int)__syscall_ret(__syscall(SYS_nanosleep, request, left));
}

/* Unlike the others it returns the error. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *left)
{
    if (clock == CLOCK_THREAD_CPUTIME_ID)
        return EINVAL;
    return (int)-__syscall(SYS_clock_nanosleep, (long)clock, (long)flags, request, left);
}

unsigned int sleep(unsigned int seconds)
{
    struct timespec ts = {0, 0};
    int before = errno;

    ts.tv_sec = seconds;
    if (nanosleep(&ts, &ts) < 0)
        return (unsigned int)ts.tv_sec;
    errno = before;
    return 0;
}

int usleep(useconds_t microseconds)
{
    struct timespec ts;

    ts.tv_sec = microseconds / 1000000;
    ts.tv_nsec = microseconds % 1000000 * 1000L;
    return nanosleep(&ts, 0);
}

int pause(void)
{
    return (int)__syscall_ret(__syscall(SYS_pause));
}
