/* SIGKILL cannot be blocked; SIG_IGN throws away what is pending. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    sigset_t all, pending;
    int status;

    if (fork() == 0) {
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        raise(SIGTERM);
        raise(SIGUSR1);
        signal(SIGUSR1, SIG_IGN);
        sigpending(&pending);
        printf("SIGTERM pending %d, SIGUSR1 pending %d\n", sigismember(&pending, SIGTERM), sigismember(&pending, SIGUSR1));
        fflush(stdout);
        kill(getpid(), SIGKILL);
        printf("not reached\n");
        exit(0);
    }
    wait(&status);
    printf("signal %d\n", WTERMSIG(status));
    return 0;
}
