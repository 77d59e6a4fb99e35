/*
 * The leader of a thread group exits, its thread goes on: the process is not over. The parent's wait gives
 * nothing until the last thread is gone. The exit code is that of the last thread to call exit (Linux 6.18;
 * older kernels gave the leader's).
 */
// kernel: 6.1
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define STACK 65536

static int go[2], told[2];

static int thread(void *arg)
{
    char c;

    syscall(SYS_read, go[0], &c, 1);
    syscall(SYS_write, told[1], "t", 1);
    return 9;                           /* the last code is the one that counts */
}

int main(void)
{
    int status;
    char c;
    pid_t pid;

    pipe(go);
    pipe(told);
    pid = fork();
    if (pid == 0) {
        char *stack = malloc(STACK);
        clone(thread, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL);
        syscall(SYS_write, told[1], "l", 1);
        syscall(SYS_exit, 4);           /* this thread only */
    }
    read(told[0], &c, 1);
    usleep(30000);
    printf("leader said %c, wait gives %d\n", c, (int)waitpid(pid, &status, WNOHANG));
    write(go[1], "x", 1);
    read(told[0], &c, 1);
    waitpid(pid, &status, 0);
    printf("thread said %c, exit code %d\n", c, WEXITSTATUS(status));
    return 0;
}
