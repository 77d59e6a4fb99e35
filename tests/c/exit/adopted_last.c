/* Adopted children stand at the end of the parent's list: wait takes the own, younger child first. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void)
{
    siginfo_t si;
    pid_t middle, own, first, orphan;
    int fd[2], go[2], status;
    char c;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pipe(fd);
    pipe(go);
    middle = fork();
    if (middle == 0) {
        orphan = fork();                /* born first ... */
        if (orphan == 0) {
            close(go[1]);
            _exit(1);
        }
        waitid(P_PID, orphan, &si, WEXITED | WNOWAIT);
        write(fd[1], &orphan, sizeof orphan);
        close(go[1]);
        read(go[0], &c, 1);
        _exit(0);                       /* ... but adopted late */
    }
    read(fd[0], &orphan, sizeof orphan);
    own = fork();
    if (own == 0)
        _exit(2);
    waitid(P_PID, own, &si, WEXITED | WNOWAIT);
    close(go[1]);
    waitpid(middle, NULL, 0);

    first = wait(&status);
    printf("first: my own child %d, code %d\n", first == own, WEXITSTATUS(status));
    first = wait(&status);
    printf("then: the adopted one %d, code %d\n", first == orphan, WEXITSTATUS(status));
    return 0;
}
