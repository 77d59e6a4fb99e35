/* SA_NOCLDSTOP: no SIGCHLD for stops and continues, but for the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void handler(int sig)
{
    (void)sig;
    seen++;
}

static void run(int flags)
{
    struct sigaction action = {0};
    pid_t child;
    int status;

    seen = 0;
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | flags;
    sigaction(SIGCHLD, &action, NULL);
    if ((child = fork()) == 0)
        for (;;)
            pause();
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    usleep(50000); /* the signal may come after the report */
    printf("stopped %d, handler ran %d\n", WIFSTOPPED(status), (int)seen);
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    usleep(50000); /* the signal may come after the report */
    printf("continued %d, handler ran %d\n", WIFCONTINUED(status), (int)seen);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    usleep(50000); /* the signal may come after the report */
    printf("ended %d, handler ran %d\n", WIFSIGNALED(status), (int)seen);
    fflush(stdout);
}

int main(void)
{
    run(0);
    run(SA_NOCLDSTOP);
    return 0;
}
