/* kill sends a signal; without a handler the default action ends the child, whatever it is doing. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void end(const char *what, pid_t pid, int sig)
{
    int status;

    kill(pid, sig);
    waitpid(pid, &status, 0);
    printf("%s: %s\n", what, strsignal(WTERMSIG(status)));
}

int main(void)
{
    int fd[2];
    pid_t pid;
    char c;

    signal(SIGHUP, SIG_DFL);            /* nohup and background jobs start with these ignored */
    signal(SIGINT, SIG_DFL);
    pipe(fd);
    if ((pid = fork()) == 0)
        for (;;)
            ;
    end("looping", pid, SIGTERM);

    if ((pid = fork()) == 0)
        for (;;)
            sleep(3600);
    end("sleeping", pid, SIGINT);

    if ((pid = fork()) == 0) {
        read(fd[0], &c, 1);
        _exit(0);
    }
    end("reading", pid, SIGKILL);

    if ((pid = fork()) == 0) {
        if (fork() == 0) {
            close(fd[1]);
            read(fd[0], &c, 1);
            _exit(0);
        }
        wait(NULL);
        _exit(0);
    }
    usleep(20000);
    end("waiting", pid, SIGHUP);
    return 0;
}
