/* No room in the queue (RLIMIT_SIGPENDING): EAGAIN for sigqueue of a real-time signal; others come without what they tell. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/resource.h>

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("%s: code %d, from itself %d\n", sig == SIGRTMIN ? "RTMIN" : strsignal(sig), info->si_code,
           info->si_pid == getpid());
}

int main(void)
{
    struct sigaction action = {0};
    struct rlimit none = {0, 0};
    union sigval value = {.sival_int = 1};

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    setrlimit(RLIMIT_SIGPENDING, &none);
    printf("sigqueue RTMIN: %d", sigqueue(getpid(), SIGRTMIN, value));
    printf(" %s\n", strerror(errno));
    printf("kill RTMIN: %d\n", kill(getpid(), SIGRTMIN));
    printf("sigqueue USR1: %d\n", sigqueue(getpid(), SIGUSR1, value));
    printf("kill USR1: %d\n", kill(getpid(), SIGUSR1));
    return 0;
}
