/* A parent may move its child into another group only until the child has called exec: then EACCES. The child itself may. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int in[2], out[2], r;
    char c;
    pid_t pid;

    pipe(in);
    pipe(out);
    pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        execl("/bin/cat", "cat", (char *)NULL);
        _exit(127);
    }
    r = setpgid(pid, 0) == 0 || errno == EACCES;
    write(in[1], "x", 1);
    read(out[0], &c, 1);                /* cat answers: the exec is done */
    r = setpgid(pid, getpgrp());
    printf("after exec: %d %s\n", r, strerror(errno));
    close(in[1]);
    wait(NULL);
    return 0;
}
