// kernel: 5.18
/* A program that is given no argument at all has an empty one. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv, char **envp)
{
    char *const none[] = {NULL};

    if (!argv[0][0] || getenv("AGAIN")) {
        printf("argc %d, argv[0] \"%s\", argv[1] is NULL %d, ", argc, argv[0], argv[1] == NULL);
        printf("environ empty %d\n", envp[0] == NULL);
        return 0;
    }
    if (fork() == 0) {
        syscall(SYS_execve, argv[0], none, none);
        _exit(1);
    }
    wait(NULL);
    if (fork() == 0) {
        syscall(SYS_execve, argv[0], NULL, NULL);
        _exit(1);
    }
    wait(NULL);
    if (fork() == 0) {
        char *const environment[] = {"AGAIN=1", NULL};

        syscall(SYS_execve, argv[0], NULL, environment);
        _exit(1);
    }
    wait(NULL);
    return 0;
}
