/* A child is in its parent's process group and session; fork does not change them. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t group = getpgrp(), session = getsid(0), parent = getpid();

    printf("getpgid(0) is getpgrp(): %d\n", getpgid(0) == group);
    printf("getpgid(getpid()) too: %d\n", getpgid(getpid()) == group);
    fflush(stdout);
    if (fork() == 0) {
        printf("child: same group %d, same session %d\n", getpgrp() == group, getsid(0) == session);
        printf("child: it leads none: %d\n", getpgrp() != getpid());
        printf("child sees its parent's: %d\n", getpgid(parent) == group);
        exit(0);
    }
    wait(NULL);
    return 0;
}
