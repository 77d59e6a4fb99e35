/* SIGALRM without a handler ends the process: alarm, setitimer, and the two that count the time it uses. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void busy(void)
{
    volatile int i = 0;

    for (;;)
        i++;
}

static void child(int which)
{
    struct itimerval value;
    int status;

    if (fork() == 0) {
        memset(&value, 0, sizeof value);
        value.it_value.tv_usec = 10000;
        if (which < 0)
            alarm(1);
        else
            setitimer(which, &value, NULL);
        if (which <= 0)
            pause();
        busy();
    }
    wait(&status);
    printf("%d: signal %d\n", which, WTERMSIG(status));
}

int main(void)
{
    child(-1);
    child(ITIMER_REAL);
    child(ITIMER_VIRTUAL);
    child(ITIMER_PROF);
    return 0;
}
