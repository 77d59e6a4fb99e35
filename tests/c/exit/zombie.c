/*
 * A zombie still has its pid: kill(pid, 0) finds it, SIGKILL to it succeeds and changes nothing.
 * Only after the wait is the number free: ESRCH.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    siginfo_t si;
    int status;
    pid_t pid = fork();

    if (pid == 0)
        exit(6);
    waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
    printf("the child is a zombie\n");
    printf("kill(zombie, 0): %d\n", kill(pid, 0));
    printf("kill(zombie, SIGKILL): %d\n", kill(pid, SIGKILL));
    printf("getpgid(zombie) is mine: %d\n", getpgid(pid) == getpgrp());
    waitpid(pid, &status, 0);
    printf("reaped: exited %d with %d\n", WIFEXITED(status), WEXITSTATUS(status));
    status = kill(pid, 0);
    printf("kill(reaped, 0): %d %s\n", status, strerror(errno));
    status = getpgid(pid);
    printf("getpgid(reaped): %d %s\n", status, strerror(errno));
    return 0;
}
