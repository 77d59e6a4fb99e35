/* Variables after fork: the child changes its copies, the parent's stay as they were. */
#include <stdio.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

int globvar = 6;            /* in the data segment */
char buf[] = "a write to stdout\n";

int main(void)
{
    int var;                /* on the stack */
    pid_t pid;

    var = 88;
    if (write(STDOUT_FILENO, buf, sizeof(buf) - 1) != sizeof(buf) - 1)
        perror("write error");
    printf("before fork\n");    /* stdout is not flushed: both have it in their buffer */
    if ((pid = fork()) < 0) {
        perror("fork error");
    } else if (pid == 0) {
        globvar++;
        var++;
    } else {
        waitpid(pid, NULL, 0);
    }
    printf("%s: glob = %d, var = %d\n", pid ? "parent" : "child", globvar, var);
    return 0;
}
