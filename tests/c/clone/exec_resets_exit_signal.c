/* A child without SIGCHLD as its exit signal is invisible to plain wait. exec makes it an ordinary child again. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
    int status;
    long pid;

    pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
    if (pid == 0)
        _exit(1);
    if (wait(&status) == -1)
        printf("without exec: %s\n", strerror(errno));
    waitpid(pid, NULL, __WALL);

    pid = syscall(SYS_clone, CLONE_VFORK, 0, 0, 0, 0);  /* we go on when it has exec'ed */
    if (pid == 0) {
        execl("/bin/false", "false", (char *)0);
        _exit(127);
    }
    if (wait(&status) == pid)
        printf("with exec: reaped, code %d\n", WEXITSTATUS(status));
    return 0;
}
