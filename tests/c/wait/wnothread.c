/*
 * A thread may wait for the children of the other threads of its process; __WNOTHREAD hides them.
 * When the thread that forked has gone, its child becomes a child of a sibling thread: then it is seen.
 */
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

static volatile int born, may_end;
static volatile int tid_word = -1;

static int thread(void *arg)
{
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    if (pid == 0)
        syscall(SYS_exit_group, 77);
    born = pid;
    while (!may_end)
        syscall(SYS_sched_yield);
    return 0;
}

int main(void)
{
    char *stack = malloc(65536);
    pid_t me = getpid(), tid;
    int status;

    tid = clone(thread, stack + 65536, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL);
    while (!born)
        usleep(1000);
    if (waitpid(born, &status, __WNOTHREAD) == -1)
        printf("the other thread's child, __WNOTHREAD: %s\n", strerror(errno));
    waitpid(-1, &status, WNOHANG | __WNOTHREAD);
    printf("any child, __WNOTHREAD: %s\n", strerror(errno));
    may_end = 1;
    while (syscall(SYS_tgkill, me, tid, 0) == 0)
        usleep(1000);           /* until the thread has gone */
    if (waitpid(born, &status, __WNOTHREAD) == born)
        printf("inherited from the dead thread, __WNOTHREAD: exit code %d\n", WEXITSTATUS(status));
    return 0;
}
