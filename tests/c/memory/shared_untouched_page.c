/* A shared mapping that nobody had touched at fork is one page all the same, whoever touches it first. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct cell {
    int turn;
    int sum;
};

int main(void)
{
    volatile struct cell *cell;
    int i;

    cell = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (i = 0; i < 4; i++) {
        if (fork() == 0) {
            while (cell->turn != 3 - i)
                usleep(500);
            cell->sum = cell->sum * 10 + i;
            cell->turn++;
            exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    printf("turn %d, sum %d\n", cell->turn, cell->sum);
    return 0;
}
