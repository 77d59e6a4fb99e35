/* exec keeps ignored signals ignored: the new program survives SIGTERM, without having asked for it. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int status;

    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        execl("/bin/sh", "sh", "-c", "kill -TERM $$; echo survived", (char *)NULL);
        _exit(127);
    }
    wait(&status);
    printf("ignored: exit code %d\n", WEXITSTATUS(status));
    fflush(stdout);
    if (fork() == 0) {
        execl("/bin/sh", "sh", "-c", "kill -TERM $$; echo survived", (char *)NULL);
        _exit(127);
    }
    wait(&status);
    printf("default: signal %d\n", WTERMSIG(status));
    return 0;
}
