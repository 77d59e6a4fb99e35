/* A zombie keeps its process group; setpgid even works on a zombie child, and waitpid(-pgid) finds it there. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    siginfo_t si;
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(8);
    waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
    printf("zombie is in my group: %d\n", getpgid(pid) == getpgrp());
    printf("setpgid on the zombie: %d\n", setpgid(pid, pid));
    printf("zombie leads its own group: %d\n", getpgid(pid) == pid);
    printf("waitpid(-pgid) finds it: %d\n", waitpid(-pid, &status, 0) == pid);
    printf("exit code %d\n", WEXITSTATUS(status));
    return 0;
}
