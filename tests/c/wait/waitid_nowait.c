/* WNOWAIT leaves the zombie in the table: it can be looked at again and again, then it is consumed, then ECHILD. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void look(pid_t pid, int options)
{
    siginfo_t si;

    memset(&si, 0, sizeof si);
    errno = 0;
    if (waitid(P_PID, pid, &si, options) == -1) {
        printf("waitid: %s\n", strerror(errno));
        return;
    }
    printf("signo is SIGCHLD %d, pid %d, uid %d, code %s, status %d\n", si.si_signo == SIGCHLD,
           si.si_pid == pid, si.si_uid == getuid(),
           si.si_code == CLD_EXITED ? "CLD_EXITED" : si.si_code == CLD_KILLED ? "CLD_KILLED" : "other",
           si.si_status);
}

int main(void)
{
    pid_t pid = fork();

    if (pid == 0)
        exit(23);
    look(pid, WEXITED | WNOWAIT);
    look(pid, WEXITED | WNOWAIT);
    look(pid, WEXITED | WNOWAIT | WNOHANG);
    look(pid, WEXITED);
    look(pid, WEXITED);

    pid = fork();
    if (pid == 0)
        for (;;)
            sleep(100);
    kill(pid, SIGKILL);
    look(pid, WEXITED | WNOWAIT);
    look(pid, WEXITED);
    return 0;
}
