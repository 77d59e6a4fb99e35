/* A failed exec in a vfork child: errno is the parent's too, the memory is one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int status;
    volatile int failed = 0;
    pid_t pid;

    errno = 0;
    pid = vfork();
    if (pid == 0) {
        execl("/no/such/program", "program", (char *)NULL);
        failed = errno;
        _exit(127);
    }
    waitpid(pid, &status, 0);
    printf("exit code %d, the child told us: %s\n", WEXITSTATUS(status), strerror(failed));
    return 0;
}
