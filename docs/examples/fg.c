/* A shell's work for one job: it runs in the foreground, is stopped by ^Z, and comes back with fg. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    pid_t job = fork();

    if (job == 0) {
        setpgid(0, 0);
        for (;;)
            pause();
    }
    signal(SIGTTOU, SIG_IGN);
    setpgid(job, job);
    tcsetpgrp(0, job);
    waitpid(job, &status, WUNTRACED);
    tcsetpgrp(0, getpgrp());
    printf("stopped; fg\n");
    tcsetpgrp(0, job);
    kill(-job, SIGCONT);
    waitpid(job, &status, 0);
    tcsetpgrp(0, getpgrp());
    printf("killed by signal %d\n", WTERMSIG(status));
    return 0;
}
