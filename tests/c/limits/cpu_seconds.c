/* RLIMIT_CPU: at the soft limit SIGXCPU, and once more each second; at the hard one SIGKILL. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int signal)
{
    struct rlimit limit;

    getrlimit(RLIMIT_CPU, &limit);
    printf("SIGXCPU, and the next at %lu\n", (unsigned long)limit.rlim_cur);
    fflush(stdout);
}

static void child(rlim_t soft, rlim_t hard, void (*action)(int))
{
    struct rlimit limit = {soft, hard};
    int status;

    if (fork() == 0) {
        volatile int i = 0;

        signal(SIGXCPU, action);
        setrlimit(RLIMIT_CPU, &limit);
        for (;;)
            i++;
    }
    wait(&status);
    printf("%lu %lu: signal %d\n", (unsigned long)soft, (unsigned long)hard, WTERMSIG(status));
    fflush(stdout);
}

int main(void)
{
    child(0, 5, SIG_DFL);
    child(0, 0, SIG_IGN);
    child(0, 1, handler);
    child(0, RLIM_INFINITY, SIG_DFL);
    /* In nanoseconds 2^63 seconds are a multiple of 2^64. */
    child((rlim_t)1 << 63, RLIM_INFINITY, SIG_DFL);
    return 0;
}
