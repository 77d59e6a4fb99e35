/* A read that waits ends with EINTR when a handler without SA_RESTART runs. */
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

int main(void)
{
    struct sigaction action = {0};
    pid_t parent = getpid();
    int fds[2];
    char c;

    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, NULL);
    pipe(fds);
    if (fork() == 0) {
        usleep(100000);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    printf("read gives %d", (int)read(fds[0], &c, 1));
    printf(", %s\n", strerror(errno));
    wait(NULL);
    return 0;
}
