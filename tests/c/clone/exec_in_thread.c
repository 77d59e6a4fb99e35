/*
 * exec in a thread that is not the leader: all other threads are gone, and the new program has the leader's pid,
 * so for the parent nothing has changed.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static int thread(void *arg)
{
    execl("/bin/sh", "sh", "-c", "echo $$; exit 5", (char *)NULL);
    return 1;
}

int main(void)
{
    char text[32] = "";
    int fd[2], status, n;
    pid_t pid;

    pipe(fd);
    pid = fork();
    if (pid == 0) {
        char *stack = malloc(STACK);
        dup2(fd[1], 1);
        clone(thread, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL);
        for (;;)
            sleep(1000);            /* the leader never comes back from here */
    }
    close(fd[1]);
    n = read(fd[0], text, sizeof text - 1);
    printf("waited for the same pid: %d", waitpid(pid, &status, 0) == pid);
    printf(", code %d\n", WEXITSTATUS(status));
    printf("the shell had the leader's pid: %d\n", n > 0 && atoi(text) == pid);
    return 0;
}
