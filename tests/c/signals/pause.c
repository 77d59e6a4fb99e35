/* pause always ends with EINTR, whatever SA_RESTART says; a signal that is ignored does not end it. */
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
    printf("handler\n");
}

int main(void)
{
    struct sigaction action = {0};
    pid_t parent = getpid();

    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGUSR2, SIG_IGN);
    if (fork() == 0) {
        usleep(100000);
        kill(parent, SIGUSR2);
        usleep(100000);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    printf("%d", pause());
    printf(" %s\n", strerror(errno));
    wait(NULL);
    return 0;
}
