/* wait ends with EINTR or starts anew, as the handler says; siginterrupt changes it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
    (void)sig;
    write(1, "handler\n", 8);
}

static void once(void)
{
    pid_t parent = getpid(), child = fork(), got;
    int status;

    if (child == 0) {
        usleep(100000);
        kill(parent, SIGUSR1);
        usleep(100000);
        _exit(5);
    }
    got = wait(&status);
    if (got < 0)
        printf("wait: %s\n", strerror(errno));
    while (got < 0)
        got = wait(&status);
    printf("its child, status %d: %d\n", WEXITSTATUS(status), got == child);
    fflush(stdout);
}

int main(void)
{
    signal(SIGUSR1, handler);
    once();
    siginterrupt(SIGUSR1, 1);
    once();
    signal(SIGUSR1, handler);
    once();
    siginterrupt(SIGUSR1, 0);
    once();
    return 0;
}
