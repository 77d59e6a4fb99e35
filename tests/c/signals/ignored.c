/* SIG_IGN: the signal is thrown away. SIGKILL and SIGSTOP cannot be ignored. signal() returns what was before. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("was default: %d\n", signal(SIGTERM, SIG_IGN) == SIG_DFL);
    kill(getpid(), SIGTERM);
    printf("still here\n");
    printf("was ignored: %d\n", signal(SIGTERM, SIG_DFL) == SIG_IGN);
    if (signal(SIGKILL, SIG_IGN) == SIG_ERR)
        printf("SIGKILL: %s\n", strerror(errno));
    if (signal(SIGSTOP, SIG_IGN) == SIG_ERR)
        printf("SIGSTOP: %s\n", strerror(errno));
    if (signal(99, SIG_IGN) == SIG_ERR)
        printf("99: %s\n", strerror(errno));
    fflush(stdout);
    raise(SIGTERM);
    printf("not reached\n");
    return 0;
}
