/* A child has ended, and nobody has waited for it: it can be seen and sent signals until somebody does. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int result(int value)
{
    return value < 0 ? -errno : value;
}

int main(void)
{
    siginfo_t info;
    int seen, status = 0;
    pid_t child = fork(), reaped;

    if (child == 0)
        _exit(42);
    memset(&info, 0, sizeof info);
    seen = result(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    dprintf(1, "waitid gives %d: code %d, status %d\n", seen, info.si_code, info.si_status);
    dprintf(1, "kill of a zombie gives %d\n", result(kill(child, 0)));
    reaped = waitpid(child, &status, 0);
    dprintf(1, "it is %s, status 0x%x\n", reaped == child ? "reaped" : "lost", status);
    dprintf(1, "kill after that gives %d\n", result(kill(child, 0)));
    dprintf(1, "wait4 after that gives %d\n", result(waitpid(-1, &status, 0)));
    return 0;
}
