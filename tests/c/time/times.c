/* times and getrusage: what a process and its threads used, and what its children did that were waited for. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void use(int milliseconds)
{
    struct timespec t;
    volatile int i;

    do {
        for (i = 0; i < 10000; i++)
            ;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    } while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < milliseconds);
}

static long ms(const struct rusage *u)
{
    return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000 + (u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1000;
}

int main(void)
{
    struct tms t;
    struct rusage own, thread, children;
    clock_t start = times(&t), end;
    int result;

    printf("at first children used %ld %ld\n", (long)t.tms_cutime, (long)t.tms_cstime);
    if (fork() == 0) {
        times(&t);
        printf("a child has used less than a second: %d\n", t.tms_utime + t.tms_stime < 100);
        fflush(stdout);
        if (fork() == 0) {
            use(100);
            _exit(0);
        }
        wait(NULL);
        use(100);
        _exit(0);
    }
    usleep(20000);
    times(&t);
    printf("before wait %ld %ld\n", (long)t.tms_cutime, (long)t.tms_cstime);
    wait(NULL);
    end = times(&t);
    printf("child and grandchild: %d\n", t.tms_cutime + t.tms_cstime >= 17);
    printf("time has passed: %d\n", end - start >= 2);
    getrusage(RUSAGE_CHILDREN, &children);
    printf("the same: %d\n", ms(&children) >= 190);
    use(50);
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_THREAD, &thread);
    printf("own: %d %d\n", ms(&own) >= 40, ms(&thread) >= 40);
    result = getrusage(2, &own);
    printf("of no kind: %d %s\n", result, strerror(errno));
    result = syscall(SYS_getrusage, 0L, 8L);
    printf("nowhere to put it: %d %s\n", result, strerror(errno));
    result = syscall(SYS_times, 8L);
    printf("nor times: %d %s\n", result, strerror(errno));
    printf("only the time: %d\n", syscall(SYS_times, 0L) >= end);
    return 0;
}
