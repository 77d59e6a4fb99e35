/* SIGINT is counted, and the third one ends the program by its own hand. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void on_interrupt(int sig)
{
    count++;
    if (count == 3)
        signal(sig, SIG_DFL);
}

int main(void)
{
    int status;

    if (fork() == 0) {
        signal(SIGINT, on_interrupt);
        while (1) {
            raise(SIGINT);
            printf("interrupted %d times\n", (int)count);
            fflush(stdout);
        }
    }
    wait(&status);
    printf("ended by %s\n", strsignal(WTERMSIG(status)));
    return 0;
}
