/* Limits are inherited by fork and kept by exec; a child's change is its own. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    struct rlimit limit = {40, 50};

    setrlimit(RLIMIT_NOFILE, &limit);
    if (fork() == 0) {
        getrlimit(RLIMIT_NOFILE, &limit);
        printf("child %lu %lu\n", (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
        limit.rlim_cur = limit.rlim_max = 10;
        setrlimit(RLIMIT_NOFILE, &limit);
        return 0;
    }
    wait(NULL);
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("parent %lu %lu\n", (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
    return 0;
}
