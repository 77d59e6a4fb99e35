/*
 * CLONE_THREAD: a thread is a task of the same thread group. Same pid, own tid, same parent, same memory,
 * and it is no child: wait gives ECHILD. No pthread library is needed to see it.
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

#define STACK 65536

static volatile long pid_seen, tid_seen, ppid_seen;
static volatile int done;

static int thread(void *arg)
{
    pid_seen = syscall(SYS_getpid);
    tid_seen = syscall(SYS_gettid);
    ppid_seen = syscall(SYS_getppid);
    done = *(int *)arg;
    return 0;
}

int main(void)
{
    char *stack = malloc(STACK);
    int number = 5;
    pid_t tid;

    tid = clone(thread, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, &number);
    while (!done)
        sched_yield();
    printf("done is %d\n", done);
    printf("same pid %d, own tid %d, clone returned it %d, same parent %d\n", pid_seen == getpid(),
           tid_seen != getpid(), tid_seen == tid, ppid_seen == getppid());
    printf("my tid is my pid: %d\n", syscall(SYS_gettid) == getpid());
    printf("wait: %d", (int)waitpid(-1, NULL, __WALL));
    printf(" %s\n", strerror(errno));
    return 0;
}
