/* Exchange descriptors 1 and 2 with three dup2 calls, as the shell's 3>&1 1>&2 2>&3 does. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int err[2], n;
    char buf[100];

    pipe(err);
    fflush(stdout);
    if (fork() == 0) {
        dup2(err[1], 2);
        dup2(1, 13);
        dup2(2, 1);
        dup2(13, 2);
        close(13);
        write(1, "this was for stdout\n", 20);
        write(2, "this was for stderr\n", 20);
        _exit(0);
    }
    wait(NULL);
    n = read(err[0], buf, sizeof buf);
    printf("the error pipe has: %.*s", n, buf);
    return 0;
}
