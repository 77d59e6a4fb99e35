/* A write that has moved some bytes when the handler runs gives their number. */
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
}

int main(void)
{
    static char bytes[100000];
    struct sigaction action = {0};
    pid_t parent = getpid();
    int fds[2];

    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    pipe(fds);
    if (fork() == 0) {
        usleep(100000);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    printf("write gives %d\n", (int)write(fds[1], bytes, sizeof bytes));
    wait(NULL);
    return 0;
}
