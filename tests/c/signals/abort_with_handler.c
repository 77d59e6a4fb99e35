/* abort runs the handler of SIGABRT, and when that returns the process ends all the same. */
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
    write(1, "handler\n", 8);
}

int main(void)
{
    sigset_t set;
    int status;

    if (fork() == 0) {
        signal(SIGABRT, handler);
        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        abort();
    }
    wait(&status);
    printf("ended by %s\n", strsignal(WTERMSIG(status)));
    return 0;
}
