/* With a handler for SIGPIPE, write gives EPIPE after it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("%s, code %d, from itself %d\n", strsignal(sig), info->si_code, info->si_pid == getpid());
}

int main(void)
{
    struct sigaction action = {0};
    int fds[2];

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGPIPE, &action, NULL);
    pipe(fds);
    close(fds[0]);
    printf("write: %d", (int)write(fds[1], "x", 1));
    printf(" %s\n", strerror(errno));
    return 0;
}
