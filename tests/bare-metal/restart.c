/* A signal ends a sleeping call, or the call starts anew. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void note(int signal, siginfo_t *info, void *context)
{
    (void)context;
    dprintf(1, "caught %d: number %d, code %d\n", signal, info->si_signo, info->si_code);
}

static void rest(void)
{
    struct timespec time = {0, 50000000};

    nanosleep(&time, 0);
}

/* Sends the signal once its parent sleeps in a read; then the byte, if the read is to end by itself. */
static void read_interrupted(int flags)
{
    struct sigaction act;
    int fds[2], status = 0;
    long got;
    char byte;
    pid_t child;

    memset(&act, 0, sizeof act);
    act.sa_sigaction = note;
    act.sa_flags = SA_SIGINFO | flags;
    sigaction(SIGUSR2, &act, 0);
    pipe(fds);
    child = fork();
    if (child == 0) {
        rest();
        kill(getppid(), SIGUSR2);
        rest();
        write(fds[1], "", 1);
        _exit(0);
    }
    got = read(fds[0], &byte, 1);
    dprintf(1, "read gives %ld\n", got < 0 ? -errno : got);
    while (waitpid(child, &status, 0) != child)
        ;
}

int main(void)
{
    read_interrupted(0);
    read_interrupted(SA_RESTART);
    return 0;
}
