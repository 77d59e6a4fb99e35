/* Killing a parent does not kill its children: the grandchild goes on, as the child of its adopter. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], status;
    pid_t middle, who;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pipe(fd);
    middle = fork();
    if (middle == 0) {
        pid_t me = getpid();
        if (fork() == 0) {
            write(fd[1], "up", 2);
            while (getppid() == me)
                usleep(500);
            _exit(42);
        }
        for (;;)
            sleep(1);
    }
    read(fd[0], &status, 2);
    kill(middle, SIGKILL);
    who = wait(&status);
    printf("killed: the middle one %d, signal %d\n", who == middle, WTERMSIG(status));
    wait(&status);
    printf("the grandchild went on to its end: %d\n", WEXITSTATUS(status));
    return 0;
}
