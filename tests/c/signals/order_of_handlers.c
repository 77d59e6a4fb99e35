/* Of several signals that wait all frames are set up, the lowest number first: so the highest runs first. */
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
    printf("handler of %s\n", sig >= SIGRTMIN ? "RTMIN" : strsignal(sig));
}

int main(void)
{
    int sigs[] = {SIGUSR2, SIGHUP, SIGRTMIN, SIGUSR1, SIGINT};
    sigset_t all, old;
    unsigned int i;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    for (i = 0; i < sizeof sigs / sizeof *sigs; i++) {
        signal(sigs[i], handler);
        kill(getpid(), sigs[i]);
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    return 0;
}
