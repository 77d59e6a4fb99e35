/* Clocks of the time that a process or thread uses: to read, and to sleep by somebody else's. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* As clock_getcpuclockid and pthread_getcpuclockid make them: 0 and 1 go by ticks, 2 is exact, 4 more is of a thread. */
#define CLOCK_OF(pid, kind) (~(clockid_t)(pid) << 3 | (kind))

static void handler(int signal)
{
}

static void show(const char *what, pid_t pid)
{
    struct timespec t;
    int kind;

    for (kind = 0; kind < 8; kind++) {
        int got = clock_gettime(CLOCK_OF(pid, kind), &t), res;

        t.tv_nsec = -1;
        res = clock_getres(CLOCK_OF(pid, kind), &t);
        printf("%s, %d: %d %d, exact %d\n", what, kind, got, res, t.tv_nsec == 1);
    }
}

static void sleep_by(const char *what, clockid_t clock, int flags, int seconds, long nanoseconds)
{
    struct timespec t = {seconds, nanoseconds}, left = {77, 0};
    int result;

    alarm(1);
    result = clock_nanosleep(clock, flags, &t, &left);
    alarm(0);
    printf("%s: %s, left %ld\n", what, strerror(result), (long)(left.tv_sec + (left.tv_nsec > 500000000)));
}

int main(void)
{
    struct sigaction action;
    struct timespec used;
    clockid_t clock = 0;
    volatile int i = 0;
    pid_t child;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGALRM, &action, NULL);
    show("own", 0);
    show("by number", getpid());
    show("nobody", 4000000);
    child = fork();
    if (child == 0)
        for (;;)
            i++;
    show("of another", child);
    printf("%s\n", strerror(clock_getcpuclockid(child, &clock)));
    printf("the number is known: %d\n", clock == CLOCK_OF(child, 2));
    printf("of nobody: %s\n", strerror(clock_getcpuclockid(4000000, &clock)));
    sleep_by("until it has used so much more", CLOCK_OF(child, 2), 0, 0, 30000000);
    clock_gettime(CLOCK_OF(child, 2), &used);
    printf("it has: %d\n", used.tv_sec > 0 || used.tv_nsec >= 30000000);
    sleep_by("until so much in all, long ago", CLOCK_OF(child, 2), TIMER_ABSTIME, 0, 1);
    kill(child, SIGSTOP);
    waitpid(child, NULL, WUNTRACED);
    sleep_by("it stands still", CLOCK_OF(child, 2), 0, 5, 0);
    sleep_by("the same, a moment", CLOCK_OF(child, 2), TIMER_ABSTIME, 1000, 0);
    kill(child, SIGKILL);
    usleep(100000);
    sleep_by("a zombie's", CLOCK_OF(child, 2), 0, 5, 0);
    sleep_by("a zombie's past", CLOCK_OF(child, 2), TIMER_ABSTIME, 0, 1);
    wait(NULL);
    sleep_by("nobody's any more", CLOCK_OF(child, 2), 0, 5, 0);
    sleep_by("the own process", CLOCK_PROCESS_CPUTIME_ID, 0, 5, 0);
    sleep_by("for no time", CLOCK_PROCESS_CPUTIME_ID, 0, 0, 0);
    sleep_by("the own thread", CLOCK_OF(0, 6), 0, 5, 0);
    signal(SIGCHLD, SIG_IGN);
    if ((child = fork()) == 0) {
        usleep(200000);
        _exit(0);
    }
    sleep_by("of one that goes meanwhile", CLOCK_OF(child, 2), 0, 5, 0);
    if ((child = fork()) == 0) {
        pid_t parent = getppid();

        if (fork() == 0) {
            usleep(200000);
            kill(parent, SIGSTOP);
            usleep(100000);
            kill(parent, SIGCONT);
            _exit(0);
        }
        usleep(100000);
        _exit(0);
    }
    sleep_by("and that is made anew", CLOCK_OF(child, 2), 0, 5, 0);
    return 0;
}
