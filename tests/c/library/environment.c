/* getenv, setenv, putenv, unsetenv; execle gives another environment to the new program. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

extern char **environ;

static const char *value(const char *name)
{
    const char *v = getenv(name);

    return v ? v : "(none)";
}

int main(void)
{
    static char entry[] = "PUT=by putenv";
    int n = 0;

    clearenv();
    setenv("A", "1", 0);
    setenv("A", "2", 0);
    setenv("B", "2", 1);
    setenv("B", "3", 1);
    putenv(entry);
    printf("A %s, B %s, PUT %s, C %s\n", value("A"), value("B"), value("PUT"), value("C"));
    strcpy(entry + 4, "changed");
    printf("PUT %s\n", value("PUT"));
    unsetenv("A");
    for (char **e = environ; *e; e++)
        n++;
    printf("A %s, %d variables\n", value("A"), n);
    printf("bad name: %d\n", setenv("X=Y", "1", 1));
    fflush(stdout);
    if (fork() == 0) {
        char *env[] = { "PATH=/bin", NULL };
        execle("/bin/sh", "sh", "-c", "echo found in PATH", (char *)NULL, env);
        _exit(127);
    }
    wait(NULL);
    return 0;
}
