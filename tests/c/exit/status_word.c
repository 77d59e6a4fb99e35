/* The status word bit by bit: exit code in bits 8 to 15, the signal in bits 0 to 6. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void show(const char *what, int status)
{
    printf("%-10s code %3d, signal %2d: ", what, (status >> 8) & 0xff, status & 0x7f);
    if (WIFEXITED(status))
        printf("exited with %d\n", WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("killed by %d\n", WTERMSIG(status));
    else if (WIFSTOPPED(status))
        printf("stopped\n");
    else
        printf("continued\n");
}

int main(void)
{
    int status;

    if (fork() == 0)
        exit(7);
    wait(&status);
    show("exit(7)", status);

    if (fork() == 0)
        abort();
    wait(&status);
    show("abort()", status);

    if (fork() == 0)
        raise(SIGTERM);
    wait(&status);
    show("SIGTERM", status);
    return 0;
}
