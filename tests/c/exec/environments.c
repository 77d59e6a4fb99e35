/* The environment across execve, execv, execle, execvpe and execl, after setenv, putenv, unsetenv and clearenv. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(char **argv, char **envp)
{
    int count;

    for (count = 0; envp[count]; count++)
        printf(" %s", envp[count]);
    printf("%s\n", count ? "" : " nothing");
    printf("  A is %s, B is %s, safely %s\n", getenv("A") ? getenv("A") : "not set", getenv("B") ? getenv("B") : "not set",
           secure_getenv("A") ? secure_getenv("A") : "not set");
    setenv("C", "3", 0);
    unsetenv("A");
    printf("  then:");
    for (count = 0; environ[count]; count++)
        printf(" %s", environ[count]);
    printf("; as it was:");
    for (count = 0; envp[count]; count++)
        printf(" %s", envp[count]);
    printf("\n");
    (void)argv;
}

static int begin(const char *how)
{
    fflush(stdout);
    if (fork() == 0) {
        printf("%s:", how);
        fflush(stdout);
        return 1;
    }
    wait(NULL);
    return 0;
}

int main(int argc, char **argv, char **envp)
{
    char *again[] = {argv[0], "again", NULL};
    char *given[] = {"A=one", "B=two", "A=another", NULL};
    static char put[] = "B=put";

    if (argc > 1) {
        tell(argv, envp);
        return 0;
    }
    clearenv();
    printf("cleared: %d\n", environ == NULL);
    if (begin("execv after clearenv"))
        execv(argv[0], again);
    if (begin("execve"))
        execve(argv[0], again, given);
    if (begin("execle"))
        execle(argv[0], argv[0], "again", (char *)NULL, given);
    if (begin("execvpe"))
        execvpe(argv[0], again, given);
    setenv("A", "set", 1);
    putenv(put);
    if (begin("execl after setenv and putenv"))
        execl(argv[0], argv[0], "again", (char *)NULL);
    strcpy(put, "B=new");
    setenv("A", "not this", 0);
    if (begin("execv after the string has changed"))
        execv(argv[0], again);
    unsetenv("B");
    if (begin("execv after unsetenv"))
        execv(argv[0], again);
    environ = given;
    if (begin("execv with another environ"))
        execv(argv[0], again);
    if (begin("a shell"))
        execle("/bin/sh", "sh", "-c", "echo \"$A $B\"", (char *)NULL, given + 1);
    if (setenv("X=Y", "1", 1) < 0)
        printf("setenv: %s\n", strerror(errno));
    return 0;
}
