/* setsid: a new session and a new group, both named after the caller; a group leader may not: EPERM. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t session = getsid(0);

    if (fork() == 0) {
        pid_t me = getpid(), r = setsid();
        printf("setsid gives my pid: %d\n", r == me);
        printf("session %d, group %d\n", getsid(0) == me, getpgrp() == me);
        printf("another session than my parent: %d\n", getsid(0) != session && getsid(getppid()) == session);
        r = setsid();
        printf("again: %d %s\n", (int)r, strerror(errno));
        r = setpgid(0, 0);
        printf("a session leader cannot move: %d %s\n", (int)r, strerror(errno));
        exit(0);
    }
    wait(NULL);
    if (fork() == 0) {
        setpgid(0, 0);
        printf("a group leader: %d", (int)setsid());
        printf(" %s\n", strerror(errno));
        exit(0);
    }
    wait(NULL);
    return 0;
}
