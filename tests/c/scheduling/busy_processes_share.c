/* Preemption: processes that never give up the processor all get their share, more of them than there are processors. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define N 6

int main(void)
{
    volatile long *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile long *stop = count + N;
    int i, alive = 0, all;

    for (i = 0; i < N; i++)
        if (fork() == 0) {
            while (!*stop)
                count[i]++;
            _exit(0);
        }
    do {
        usleep(1000);
        all = 1;
        for (i = 0; i < N; i++)
            if (count[i] < 1000)
                all = 0;
    } while (!all);
    *stop = 1;
    while (wait(NULL) > 0)
        alive++;
    printf("%d busy processes, all of them got somewhere: %d\n", alive, all);
    return 0;
}
