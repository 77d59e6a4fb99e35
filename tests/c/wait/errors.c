/* What wait refuses: no child (ECHILD), someone else's child (ECHILD), unknown options (EINVAL), pid INT_MIN (ESRCH). */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void try(const char *what, pid_t pid, int options)
{
    int status;
    pid_t r;

    errno = 0;
    r = waitpid(pid, &status, options);
    printf("%-18s %d %s\n", what, r > 0 ? 1 : (int)r, r < 0 ? strerror(errno) : "");
}

int main(void)
{
    pid_t pid;

    try("no child:", -1, 0);
    try("myself:", getpid(), 0);
    try("my parent:", getppid(), WNOHANG);

    if ((pid = fork()) == 0)
        _exit(0);
    try("unknown option:", pid, 0x10);
    try("WNOWAIT:", pid, WNOWAIT);
    try("pid INT_MIN:", INT_MIN, 0);
    try("no such group:", -4194399, 0);
    try("the child:", pid, 0);
    try("the child again:", pid, 0);
    printf("wait: %d", (int)wait(NULL));
    printf(" %s\n", strerror(errno));
    return 0;
}
