/* sigaction gives back what was set; SIGKILL and SIGSTOP have no other action. */
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
    struct sigaction action = {0}, old;

    action.sa_handler = handler;
    action.sa_flags = SA_NODEFER | SA_RESTART | SA_NOCLDSTOP;
    sigaddset(&action.sa_mask, SIGHUP);
    sigaddset(&action.sa_mask, SIGKILL);
    printf("%d\n", sigaction(SIGUSR1, &action, NULL));
    printf("%d\n", sigaction(SIGUSR1, NULL, &old));
    printf("handler %d, flags %d, HUP %d, KILL %d, INT %d\n", old.sa_handler == handler,
           (old.sa_flags & ~0x04000000) == (SA_NODEFER | SA_RESTART | SA_NOCLDSTOP), sigismember(&old.sa_mask, SIGHUP),
           sigismember(&old.sa_mask, SIGKILL), sigismember(&old.sa_mask, SIGINT));
    printf("signal: %d\n", signal(SIGUSR1, SIG_DFL) == handler);
    printf("KILL %d", sigaction(SIGKILL, &action, NULL));
    printf(" %s\n", strerror(errno));
    printf("STOP %d", sigaction(SIGSTOP, &action, NULL));
    printf(" %s\n", strerror(errno));
    printf("to ask is allowed: %d\n", sigaction(SIGKILL, NULL, &old));
    printf("65: %d", sigaction(65, NULL, &old));
    printf(" %s\n", strerror(errno));
    return 0;
}
