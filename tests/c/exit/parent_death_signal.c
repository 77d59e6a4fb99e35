/* prctl(PR_SET_PDEATHSIG): the kernel kills the child when its parent is gone. fork does not inherit it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void)
{
    int ready[2], status, sig;
    char c;
    pid_t middle;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pipe(ready);
    middle = fork();
    if (middle == 0) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            prctl(PR_GET_PDEATHSIG, &sig);
            if (fork() == 0) {
                int inherited;
                prctl(PR_GET_PDEATHSIG, &inherited);
                _exit(inherited);
            }
            wait(&status);
            printf("death signal %d, of my child %d\n", sig, WEXITSTATUS(status));
            fflush(stdout);
            write(ready[1], "r", 1);
            for (;;)
                sleep(1);
        }
        read(ready[0], &c, 1);
        _exit(0);
    }
    waitpid(middle, &status, 0);
    wait(&status);              /* adopted: we are the subreaper */
    printf("the child was killed by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return 0;
}
