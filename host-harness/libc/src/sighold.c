/* The calls of System V: one signal at a time. */
#define _GNU_SOURCE
#include <signal.h>

static int change(int how, int sig)
{
    sigset_t one;

    sigemptyset(&one);
    if (sigaddset(&one, sig) < 0)
        return -1;
    return sigprocmask(how, &one, 0);
}

int sighold(int sig)
{
    return change(SIG_BLOCK, sig);
}

int sigrelse(int sig)
{
    return change(SIG_UNBLOCK, sig);
}

int sigignore(int sig)
{
    struct sigaction ignore = {0};

    ignore.sa_handler = SIG_IGN;
    return sigaction(sig, &ignore, 0);
}
