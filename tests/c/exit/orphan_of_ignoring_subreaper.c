/* Zombie children of a dying parent vanish at once when the new parent ignores SIGCHLD. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2];
    pid_t zombie, me = getpid();

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGCHLD, SIG_IGN);
    pipe(fd);
    if (fork() == 0) {
        siginfo_t si;
        signal(SIGCHLD, SIG_DFL);       /* here it may become a zombie */
        zombie = fork();
        if (zombie == 0)
            _exit(1);
        waitid(P_PID, zombie, &si, WEXITED | WNOWAIT);
        printf("a zombie below me: %d\n", kill(zombie, 0));
        fflush(stdout);
        write(fd[1], &zombie, sizeof zombie);
        _exit(0);
    }
    read(fd[0], &zombie, sizeof zombie);
    printf("wait: %d", (int)wait(NULL));
    printf(" %s\n", strerror(errno));
    printf("the zombie has vanished: %d", kill(zombie, 0));
    printf(" %s\n", strerror(errno));
    return 0;
}
