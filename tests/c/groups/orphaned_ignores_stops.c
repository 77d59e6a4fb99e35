/* In an orphaned group SIGTSTP, SIGTTIN and SIGTTOU do not stop; SIGSTOP does. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        setsid();
        raise(SIGTSTP);
        raise(SIGTTIN);
        raise(SIGTTOU);
        raise(SIGSTOP);
        _exit(5);
    }
    waitpid(child, &status, WUNTRACED);
    printf("stopped by SIGSTOP: %d\n", WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    kill(child, SIGCONT);
    waitpid(child, &status, WUNTRACED);
    printf("exited with %d\n", WEXITSTATUS(status));
    return 0;
}
