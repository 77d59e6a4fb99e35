/* The child of one thread is the child of the process: the main thread's plain waitpid reaps it while its maker lives. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static volatile int born;

static int thread(void *arg)
{
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    if (pid == 0)
        syscall(SYS_exit_group, syscall(SYS_getppid) == *(int *)arg ? 11 : 12);
    born = pid;
    for (;;)
        syscall(SYS_sched_yield);
}

int main(void)
{
    char *stack = malloc(65536);
    int me = getpid(), status;

    clone(thread, stack + 65536, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, &me);
    while (!born)
        usleep(1000);
    if (waitpid(born, &status, 0) == born)
        printf("reaped, its parent was this process: %s\n", WEXITSTATUS(status) == 11 ? "yes" : "no");
    printf("again: %d", (int)wait(NULL));
    printf(" %s\n", strerror(errno));
    return 0;                   /* exit_group: the thread ends with us */
}
