/* exec resets handlers to the default; what is ignored stays ignored, what is blocked stays blocked. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
    (void)sig;
}

static void run(int how)
{
    pid_t child = fork();
    sigset_t set;
    int status;

    if (child == 0) {
        if (how == 1)
            signal(SIGUSR1, SIG_IGN);
        if (how == 2) {
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
            sigprocmask(SIG_BLOCK, &set, NULL);
        }
        execl("/bin/sleep", "sleep", "0.4", (char *)NULL);
        _exit(99);
    }
    usleep(200000);
    kill(child, SIGUSR1);
    wait(&status);
    if (WIFSIGNALED(status))
        printf("ended by %s\n", strsignal(WTERMSIG(status)));
    else
        printf("exited with %d\n", WEXITSTATUS(status));
    fflush(stdout);
}

int main(void)
{
    int how;

    signal(SIGUSR1, handler);
    for (how = 0; how < 3; how++)
        run(how);
    return 0;
}
