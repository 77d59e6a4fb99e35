/* A handler computes with floating point, and so does what it interrupts; and two processes do at the same time. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int computed;

static void halve(int signal, siginfo_t *info, void *context)
{
    volatile double sum = 0;
    int at;

    (void)signal, (void)info, (void)context;
    for (at = 0; at < 32; at++)
        sum += at / 2.0;
    computed = (int)sum;
}

int main(void)
{
    struct sigaction act;
    volatile double kept = 1.5, sum = 0, step;
    int at, status = 0;
    pid_t child;

    memset(&act, 0, sizeof act);
    act.sa_sigaction = halve;
    act.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &act, 0);
    kill(getpid(), SIGUSR1);
    dprintf(1, "the handler has %d, the interrupted %.1f\n", computed, kept);
    child = fork();
    step = child == 0 ? 0.5 : 0.25;
    for (at = 0; at < 400000; at++)
        sum += step;
    if (child == 0)
        _exit(sum == 200000 ? 0 : 1);
    waitpid(child, &status, 0);
    dprintf(1, "the parent has %d, the child is %s\n", (int)sum, status == 0 ? "right" : "wrong");
    return 0;
}
