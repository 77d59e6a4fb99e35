/* A blocked signal waits: it is pending until it is unblocked, then it acts. The child inherits the mask, not the pending signal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    sigset_t set, pending, mask;
    int status;

    if (fork() == 0) {
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_BLOCK, &set, NULL);
        raise(SIGTERM);
        raise(SIGTERM);
        sigpending(&pending);
        printf("pending in the sender: %d\n", sigismember(&pending, SIGTERM));
        fflush(stdout);
        if (fork() == 0) {
            sigpending(&pending);
            sigprocmask(SIG_BLOCK, NULL, &mask);
            printf("pending in its child: %d, blocked: %d\n", sigismember(&pending, SIGTERM), sigismember(&mask, SIGTERM));
            sigprocmask(SIG_UNBLOCK, &set, NULL);
            printf("nothing to act on\n");
            exit(0);
        }
        wait(NULL);
        printf("now unblock\n");
        fflush(stdout);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        printf("not reached\n");
        exit(0);
    }
    wait(&status);
    printf("ended by %s\n", strsignal(WTERMSIG(status)));
    return 0;
}
