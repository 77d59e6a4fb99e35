/* SIG_DFL for SIGCHLD does nothing either, but it keeps zombies: the child can be waited for. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    siginfo_t si;
    int status;
    pid_t pid;

    signal(SIGCHLD, SIG_DFL);
    pid = fork();
    if (pid == 0)
        exit(5);
    waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
    /* Too late: this child is a zombie already, and stays one. */
    signal(SIGCHLD, SIG_IGN);
    printf("an old zombie can still be reaped: %d", waitpid(pid, &status, 0) == pid);
    printf(", code %d\n", WEXITSTATUS(status));
    return 0;
}
