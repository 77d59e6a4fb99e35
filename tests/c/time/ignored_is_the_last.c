/* A timer counts again when its SIGALRM is taken: one that is ignored never is. Any other SIGALRM that is taken does it too. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t taken;

static void handler(int signal)
{
    taken++;
}

static void show(const char *what)
{
    struct itimerval v;

    getitimer(ITIMER_REAL, &v);
    printf("%s: taken %d, counts %d, every %ld %ld\n", what, (int)taken, v.it_value.tv_sec || v.it_value.tv_usec,
           (long)v.it_interval.tv_sec, (long)v.it_interval.tv_usec);
}

int main(void)
{
    struct itimerval v = {{1000, 0}, {0, 20000}};

    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &v, NULL);
    show("ignored");
    usleep(60000);
    show("it has gone off");
    signal(SIGALRM, handler);
    usleep(60000);
    show("with a handler");
    raise(SIGALRM);
    show("raise, which is of the thread");
    kill(getpid(), SIGALRM);
    show("kill, which is of the process");
    v.it_value.tv_usec = 0;
    setitimer(ITIMER_REAL, &v, NULL);
    show("0 takes the interval too");
    return 0;
}
