/* waitpid(0) waits for children in one's own group, waitpid(-pgid) for those of that group; others do not count. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t other, other2;
    siginfo_t si;
    int status;

    other = fork();
    if (other == 0) {
        setpgid(0, 0);
        _exit(1);
    }
    setpgid(other, other);      /* both do it, as shells do: whoever comes first */
    other2 = fork();
    if (other2 == 0) {
        setpgid(0, other);
        _exit(2);
    }
    setpgid(other2, other);
    if (fork() == 0)
        _exit(3);

    waitid(P_PID, other, &si, WEXITED | WNOWAIT);      /* until both are dead: then birth order counts */
    waitid(P_PID, other2, &si, WEXITED | WNOWAIT);
    waitpid(0, &status, 0);
    printf("my group: %d\n", WEXITSTATUS(status));
    printf("my group again: %d", (int)waitpid(0, &status, 0));
    printf(" %s\n", strerror(errno));
    waitpid(-other, &status, 0);
    printf("the other group: %d\n", WEXITSTATUS(status));
    waitid(P_PGID, other, &si, WEXITED);
    printf("by waitid: %d\n", si.si_status);
    printf("the other group, all gone: %d", (int)waitpid(-other, &status, 0));
    printf(" %s\n", strerror(errno));
    return 0;
}
