/* setpgid: a new group is named after its first process; others may join it; not from another session, not a grandchild. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void try(const char *what, pid_t pid, pid_t pgid)
{
    int r = setpgid(pid, pgid);

    printf("%-28s %d %s\n", what, r, r < 0 ? strerror(errno) : "");
}

static pid_t sleeper(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            sleep(10);
    return pid;
}

int main(void)
{
    pid_t a = sleeper(), b = sleeper(), grandchild, child;
    int fd[2];

    try("a: own group", a, a);
    printf("a leads: %d\n", getpgid(a) == a);
    try("b joins a", b, a);
    printf("b is in a's group: %d\n", getpgid(b) == a);
    try("b to a group that is not", b, 4194399);
    try("b: negative", b, -2);
    try("not a process", 4194399, 0);

    pipe(fd);
    child = fork();
    if (child == 0) {
        grandchild = sleeper();
        write(fd[1], &grandchild, sizeof grandchild);
        for (;;)
            sleep(10);
    }
    read(fd[0], &grandchild, sizeof grandchild);
    try("grandchild", grandchild, a);
    kill(grandchild, 9);
    kill(child, 9);
    kill(-a, 9);
    while (wait(NULL) > 0)
        ;
    return 0;
}
