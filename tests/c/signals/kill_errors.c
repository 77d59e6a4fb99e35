/* kill(pid, 0) only asks: 0 if the process is there, ESRCH if not. Bad signal numbers are EINVAL. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void try(const char *what, pid_t pid, int sig)
{
    int r = kill(pid, sig);

    printf("%-22s %d %s\n", what, r, r < 0 ? strerror(errno) : "");
}

int main(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            sleep(1);
    try("child:", pid, 0);
    try("myself:", getpid(), 0);
    try("signal 65:", pid, 65);
    try("signal -1:", pid, -1);
    try("its group:", -pid, 0);
    try("pid INT_MIN:", INT_MIN, SIGTERM);
    try("SIGKILL:", pid, SIGKILL);
    wait(NULL);
    try("reaped:", pid, 0);
    try("reaped, signal 65:", pid, 65);
    return 0;
}
