/* A stop and a continue without a handler do not end sigsuspend, pause or read. */
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

static void run(int how)
{
    pid_t child = fork();
    sigset_t none;
    int fds[2], status;
    char c;

    if (child == 0) {
        pipe(fds);
        sigemptyset(&none);
        signal(SIGUSR1, handler);
        if (how == 0)
            sigsuspend(&none);
        else if (how == 1)
            pause();
        else if (read(fds[0], &c, 1) < 0)
            _exit(errno == EINTR);
        _exit(1);
    }
    usleep(50000);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGCONT);
    usleep(50000);
    printf("still there: %d\n", waitpid(child, &status, WNOHANG) == 0);
    fflush(stdout);
    if (how == 2) {
        kill(child, SIGUSR1);
        usleep(50000);
        kill(child, SIGTERM);
    } else {
        kill(child, SIGUSR1);
    }
    waitpid(child, &status, 0);
    printf("status %#x\n", status);
    fflush(stdout);
}

int main(void)
{
    int how;

    for (how = 0; how < 3; how++)
        run(how);
    return 0;
}
