/* waitid(WNOHANG) with nothing to report returns 0 and si_pid 0; without WEXITED it does not see a death. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    siginfo_t si;
    int fd[2], r;
    char c;
    pid_t pid;

    pipe(fd);
    pid = fork();
    if (pid == 0) {
        close(fd[1]);
        read(fd[0], &c, 1);
        _exit(0);
    }
    memset(&si, 0xff, sizeof si);
    r = waitid(P_ALL, 0, &si, WEXITED | WNOHANG);
    printf("running: %d, si_pid %d, si_signo %d\n", r, (int)si.si_pid, si.si_signo);
    close(fd[1]);
    waitid(P_PID, pid, &si, WEXITED | WNOWAIT);

    r = waitid(P_ALL, 0, &si, 0);
    printf("no event asked for: %d %s\n", r, strerror(errno));
    r = waitid(P_ALL, 0, &si, WNOWAIT | WNOHANG);
    printf("WNOWAIT alone: %d %s\n", r, strerror(errno));
    r = waitid(99, pid, &si, WEXITED);
    printf("unknown idtype: %d %s\n", r, strerror(errno));
    r = waitid(P_PID, 0, &si, WEXITED);
    printf("P_PID 0: %d %s\n", r, strerror(errno));
    r = waitid(P_ALL, 0, &si, WSTOPPED | WNOHANG);
    printf("zombie, only stops asked for: %d %s\n", r, r ? strerror(errno) : "");
    r = waitid(P_ALL, 0, &si, WEXITED);
    printf("the zombie itself: %d %d\n", r, si.si_pid == pid);
    return 0;
}
