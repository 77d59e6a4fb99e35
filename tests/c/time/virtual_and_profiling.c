/* ITIMER_VIRTUAL and ITIMER_PROF run while the process does, and not while it sleeps; and a tick longer than was asked. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t taken[3];

static void handler(int signal)
{
    taken[signal == SIGALRM ? 0 : signal == SIGVTALRM ? 1 : 2]++;
}

static void show(const char *what, int which)
{
    struct itimerval v;

    getitimer(which, &v);
    printf("%s, %d: set %d, as much as was set %d, every %ld %ld\n", what, which,
           v.it_value.tv_sec || v.it_value.tv_usec, v.it_value.tv_sec >= 1000, (long)v.it_interval.tv_sec,
           (long)v.it_interval.tv_usec);
}

static void use_time(int which)
{
    struct timespec t;
    volatile int i = 0;
    int before = taken[which];

    while (taken[which] == before)
        i++;
}

int main(void)
{
    struct itimerval v = {{7, 0}, {1000, 0}};
    int signals[] = {SIGALRM, SIGVTALRM, SIGPROF}, which;

    for (which = 1; which < 3; which++) {
        signal(signals[which], handler);
        v.it_interval.tv_sec = 7;
        v.it_interval.tv_usec = 0;
        v.it_value.tv_sec = 1000;
        v.it_value.tv_usec = 0;
        setitimer(which, &v, NULL);
        show("set", which);
        v.it_value.tv_sec = 0;
        setitimer(which, &v, NULL);
        show("stopped, the interval stays", which);
        v.it_interval.tv_sec = 0;
        v.it_value.tv_usec = 20000;
        setitimer(which, &v, NULL);
        usleep(100000);
        printf("asleep: %d\n", (int)taken[which]);
        use_time(which);
        printf("awake: %d\n", (int)taken[which]);
        show("once", which);
        v.it_interval.tv_usec = 20000;
        setitimer(which, &v, NULL);
        use_time(which);
        use_time(which);
        use_time(which);
        printf("three more: %d\n", (int)taken[which]);
        v.it_value.tv_usec = 0;
        setitimer(which, &v, NULL);
    }
    /* A child's time is not its parent's. */
    v.it_value.tv_usec = 20000;
    setitimer(ITIMER_PROF, &v, NULL);
    which = taken[2];
    fflush(stdout);
    if (fork() == 0) {
        volatile int i;

        show("in a child", ITIMER_PROF);
        fflush(stdout);
        for (i = 0; i < 50000000; i++)
            ;
        _exit(taken[2] != which);
    }
    wait(&which);
    printf("the child had none: %d\n", which == 0);
    return 0;
}
