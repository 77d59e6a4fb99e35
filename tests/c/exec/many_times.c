/* fork and exec in a loop, as a shell does: forty programs, one after the other, nothing is left over. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int i, status, ok = 0, bad = 0;

    for (i = 0; i < 40; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            execlp(i % 4 ? "true" : "false", "program", (char *)NULL);
            _exit(127);
        }
        waitpid(pid, &status, 0);
        if (status == 0)
            ok++;
        else
            bad++;
    }
    printf("%d succeeded, %d failed, children left: %d\n", ok, bad, (int)wait(NULL));
    return 0;
}
