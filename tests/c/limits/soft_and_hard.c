/* A soft limit moves below the hard one; the hard one goes down for good. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int result;

static void set(rlim_t cur, rlim_t max)
{
    struct rlimit limit = {cur, max};
    int result = setrlimit(RLIMIT_NOFILE, &limit);

    printf("%lu %lu: %s, ", (unsigned long)cur, (unsigned long)max, result ? strerror(errno) : "done");
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("now %lu %lu\n", (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
}

int main(void)
{
    struct rlimit limit;

    set(100, 200);
    set(200, 200);
    set(201, 200);
    setuid(1001);
    set(50, 150);
    set(150, 150);
    set(150, 200);
    result = getrlimit(16, &limit);
    printf("no such limit: %d, %s\n", result, strerror(errno));
    result = getrlimit(RLIMIT_NOFILE, (struct rlimit *)8);
    printf("nowhere: %d, %s\n", result, strerror(errno));
    return 0;
}
