/* A fault in one thread ends the whole process: the signal is the thread's, the death is everybody's. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static int thread(void *arg)
{
    *(volatile int *)arg = 1;
    return 0;
}

int main(void)
{
    int status, i;

    if (fork() == 0) {
        for (i = 0; i < 3; i++) {
            char *stack = malloc(STACK);
            static int fine;
            clone(thread, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
                  i < 2 ? &fine : (void *)8);
        }
        for (;;)
            sleep(1000);
    }
    wait(&status);
    printf("%s\n", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "ended by itself");
    return 0;
}
