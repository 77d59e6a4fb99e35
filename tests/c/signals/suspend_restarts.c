/* A stop and a continue make sigsuspend start anew: a signal that only its mask kept away is handled in between, and does
   not end it. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
    (void)sig;
    write(1, "handler\n", 8);
}

int main(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        sigset_t without;

        signal(SIGUSR1, handler);
        sigemptyset(&without);
        sigaddset(&without, SIGUSR1);
        sigsuspend(&without);
        write(1, "ended\n", 6);
        _exit(1);
    }
    usleep(50000);
    kill(child, SIGUSR1);
    usleep(50000);
    write(1, "sent\n", 5);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGCONT);
    usleep(50000);
    printf("sleeps again: %d\n", waitpid(child, &status, WNOHANG) == 0);
    kill(child, SIGUSR1);
    usleep(50000);
    printf("and again: %d\n", waitpid(child, &status, WNOHANG) == 0);
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    printf("status %#x\n", status);
    return 0;
}
