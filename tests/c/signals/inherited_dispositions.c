/* fork copies the dispositions: an ignored signal is ignored in the child, until the child changes its copy. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int status;

    signal(SIGUSR1, SIG_IGN);
    if (fork() == 0) {
        raise(SIGUSR1);
        _exit(1);
    }
    wait(&status);
    printf("ignored in the child: code %d\n", WEXITSTATUS(status));
    if (fork() == 0) {
        signal(SIGUSR1, SIG_DFL);
        raise(SIGUSR1);
        _exit(1);
    }
    wait(&status);
    printf("default again in the child: signal %d\n", WTERMSIG(status));
    raise(SIGUSR1);
    printf("the parent still ignores it\n");
    return 0;
}
