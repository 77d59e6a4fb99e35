/* sched_yield in turn: two processes count a shared number up, each waits for its parity. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    volatile int *turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int i, me, mine = 0;
    pid_t pid;

    pid = fork();
    me = pid == 0;
    for (i = 0; i < 10; i++) {
        while (*turn % 2 != me)
            sched_yield();
        mine += *turn;
        ++*turn;
    }
    if (pid == 0)
        _exit(mine);
    wait(&i);
    printf("turn %d, mine %d, the child's %d\n", *turn, mine, WEXITSTATUS(i));
    return 0;
}
