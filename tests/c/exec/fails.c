/* A failed exec returns -1 and leaves the process as it was. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char *args[] = { "nothing", NULL };
    int x = 5, status;

    if (execv("/bin/no-such-program", args) == -1)
        printf("execv: %s\n", strerror(errno));
    if (execvp("no-such-program", args) == -1)
        printf("execvp: %s\n", strerror(errno));
    if (execv("", args) == -1)
        printf("empty path: %s\n", strerror(errno));
    if (execv((char *)8, args) == -1)
        printf("bad pointer: %s\n", strerror(errno));
    printf("still here, x is %d\n", x);
    fflush(stdout);

    if (fork() == 0) {
        execlp("no-such-program", "no-such-program", NULL);
        _exit(127);                 /* as shells do */
    }
    wait(&status);
    printf("command not found: %d\n", WEXITSTATUS(status));
    return 0;
}
