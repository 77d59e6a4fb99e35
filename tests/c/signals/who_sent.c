/* si_code, si_pid and si_uid of kill, raise, tgkill and sigqueue. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("%s: code %d, by %s, as %d", sig == SIGRTMIN ? "RTMIN" : strsignal(sig), info->si_code,
           info->si_pid == getpid() ? "itself" : info->si_pid == child ? "its child" : "?",
           info->si_uid == getuid());
    if (info->si_code == SI_QUEUE)
        printf(", value %d", info->si_value.sival_int);
    printf("\n");
}

int main(void)
{
    struct sigaction action = {0};
    union sigval value = {.sival_int = -7};

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    kill(getpid(), SIGUSR1);
    raise(SIGUSR1);
    sigqueue(getpid(), SIGUSR1, value);
    kill(getpid(), SIGRTMIN);
    sigqueue(getpid(), SIGRTMIN, value);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        usleep(50000);
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    pause();
    wait(NULL);
    return 0;
}
