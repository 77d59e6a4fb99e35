/* The vfork parent is also released when the child is killed: by a fault of its own. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int stage;

int main(void)
{
    int status;

    if (vfork() == 0) {
        stage = 1;
        *(volatile char *)8 = 1;
        stage = 2;
        _exit(0);
    }
    printf("released in stage %d\n", stage);
    wait(&status);
    printf("child: %s\n", strsignal(WTERMSIG(status)));

    if (vfork() == 0) {
        stage = 3;
        raise(SIGKILL);
        _exit(0);
    }
    wait(&status);
    printf("released in stage %d, child: %s\n", stage, strsignal(WTERMSIG(status)));
    return 0;
}
