/* The stack grows by itself when it is touched: a local array of a megabyte costs only the pages that are used, and is private. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int use(int child)
{
    char big[1024 * 1024];
    int i, sum = 0;

    for (i = 0; i < (int)sizeof big; i += 4096)
        big[i] = i / 4096 % 50 + child;
    for (i = 0; i < (int)sizeof big; i += 4096)
        sum += (unsigned char)big[i];
    return sum;
}

int main(void)
{
    struct rusage before, after;
    int a;

    getrusage(RUSAGE_SELF, &before);
    a = use(0);
    getrusage(RUSAGE_SELF, &after);
    printf("sum %d, at least 250 faults: %d\n", a, after.ru_minflt - before.ru_minflt >= 250);
    fflush(stdout);
    if (fork() == 0) {
        printf("child: %d\n", use(1));
        exit(0);
    }
    wait(NULL);
    printf("parent: %d\n", use(0));
    return 0;
}
