/* Two processes that make no call and wait for each other: only the timer takes the processor from them. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    volatile int *turn = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int round, status = 0;
    pid_t child = fork();

    for (round = 0; round < 3; round++) {
        int mine = round * 2 + (child == 0);

        while (*turn != mine)
            ;
        *turn = mine + 1;
    }
    if (child == 0)
        _exit(0);
    waitpid(child, &status, 0);
    dprintf(1, "the turn is %d, status %d\n", *turn, status);
    return 0;
}
