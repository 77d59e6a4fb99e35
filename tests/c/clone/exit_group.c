/* exit() in any thread ends the whole process (exit_group): the main thread never wakes from its sleep. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define STACK 65536

static int thread(void *arg)
{
    syscall(SYS_exit_group, 17);
    return 0;
}

int main(void)
{
    int status;

    if (fork() == 0) {
        char *stack = malloc(STACK);
        clone(thread, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL);
        for (;;)
            sleep(1000);
    }
    wait(&status);
    printf("the process ended with %d\n", WEXITSTATUS(status));
    return 0;
}
