/*
 * A child killed by a signal: WIFSIGNALED, WTERMSIG, and no exit code. The core bit depends on limits,
 * so it is not looked at.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV,
                      SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSYS };
    unsigned i;
    int status;

    for (i = 0; i < sizeof signals / sizeof *signals; i++) {
        pid_t pid;

        signal(signals[i], SIG_DFL);        /* nohup and background jobs start with some ignored */
        pid = fork();
        if (pid == 0) {
            for (;;)
                sleep(10);
        }
        kill(pid, signals[i]);
        waitpid(pid, &status, 0);
        printf("%2d exited %d signaled %d termsig %d: %s\n", signals[i], WIFEXITED(status) != 0, WIFSIGNALED(status) != 0,
               WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return 0;
}
