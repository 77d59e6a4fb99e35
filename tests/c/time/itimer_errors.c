/* What setitimer and getitimer refuse. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static void show(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void)
{
    struct itimerval v = {{0, 0}, {0, 0}};

    show("no such timer", syscall(SYS_setitimer, 3L, &v, 0L));
    show("get of none", syscall(SYS_getitimer, -1L, &v));
    v.it_value.tv_usec = 1000000;
    show("a million microseconds", syscall(SYS_setitimer, 0L, &v, 0L));
    v.it_value.tv_usec = -1;
    show("less than none", syscall(SYS_setitimer, 0L, &v, 0L));
    v.it_value.tv_usec = 0;
    v.it_interval.tv_sec = -1;
    show("a negative interval", syscall(SYS_setitimer, 0L, &v, 0L));
    show("from nowhere", syscall(SYS_setitimer, 0L, 8L, 0L));
    show("nowhere, and no such timer", syscall(SYS_setitimer, 9L, 8L, 0L));
    show("to nowhere", syscall(SYS_getitimer, 0L, 8L));
    show("nothing to set", syscall(SYS_setitimer, 0L, 0L, 0L));
    v.it_interval.tv_sec = 0;
    v.it_value.tv_sec = 1000;
    show("the old one to nowhere", syscall(SYS_setitimer, 0L, &v, 8L));
    printf("it is set: %u\n", alarm(0));
    return 0;
}
