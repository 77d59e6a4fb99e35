/* A handler of SIGTTIN makes the read EINTR, or with SA_RESTART begin anew: in the background that is SIGTTIN again. */
// keys: at last\n
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int times;

static void told(int signal)
{
    (void)signal;
    if (++times == 3)
        kill(getpid(), SIGSTOP);
}

int main(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct sigaction action = {.sa_handler = told};
        char line[100];
        ssize_t length;

        setpgid(0, 0);
        sigaction(SIGTTIN, &action, 0);
        length = read(0, line, sizeof line);
        printf("%zd %s, told %d times\n", length, strerror(errno), times);
        fflush(stdout);
        action.sa_flags = SA_RESTART;
        sigaction(SIGTTIN, &action, 0);
        length = read(0, line, sizeof line);
        printf("%zd, told %d times\n", length, times);
        return 0;
    }
    setpgid(child, child);
    waitpid(child, &status, WUNTRACED);
    printf("stopped by SIGSTOP: %d\n", WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    fflush(stdout);
    tcsetpgrp(0, child);
    kill(child, SIGCONT);
    wait(0);
    return 0;
}
