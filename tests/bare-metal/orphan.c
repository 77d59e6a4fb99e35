/* A child whose parent ends before it gets another one. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int gate[2], done[2], status = 0, end;
    char byte;
    pid_t child;

    pipe(gate);
    pipe(done);
    child = fork();
    if (child == 0) {
        pid_t middle = getpid(), adopted;

        if (fork() == 0) {
            /* It waits until it is one. */
            close(gate[1]);
            read(gate[0], &byte, 1);
            while (getppid() == middle)
                sched_yield();
            adopted = getppid();
            dprintf(1, "the orphan has another parent: %s\n", adopted != middle && adopted > 0 ? "yes" : "no");
            _exit(0);
        }
        dprintf(1, "the parent ends\n");
        _exit(3);
    }
    waitpid(child, &status, 0);
    dprintf(1, "status %d\n", status >> 8);
    close(gate[1]);
    /* The end of the file comes when the orphan has closed its end by ending. */
    close(done[1]);
    end = read(done[0], &byte, 1);
    dprintf(1, "the orphan is gone: %d\n", end);
    dprintf(1, "children left: %d\n", waitpid(-1, &status, WNOHANG) < 0 ? -errno : 0);
    return 0;
}
