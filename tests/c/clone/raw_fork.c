/* fork is clone with SIGCHLD and nothing else: the raw system calls behave alike. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
    int i, status, x = 1;

    for (i = 0; i < 2; i++) {
        long pid = i == 0 ? syscall(SYS_fork) : syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) {
            x += 10;
            syscall(SYS_exit, x);
        }
        printf("%s: ", i == 0 ? "SYS_fork" : "SYS_clone");
        printf("the child %d, ", wait(&status) == pid);
        printf("returned %d, x is %d\n", WEXITSTATUS(status), x);
    }
    return 0;
}
