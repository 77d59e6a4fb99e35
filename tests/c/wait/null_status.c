/* The status pointer may be NULL; a bad one gives EFAULT, and the zombie is gone all the same. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t pid;

    if (fork() == 0)
        _exit(1);
    printf("wait(NULL) got a child: %d\n", wait(NULL) > 0);

    if ((pid = fork()) == 0)
        _exit(2);
    errno = 0;
    printf("bad pointer: %d", (int)waitpid(pid, (int *)16, 0));
    printf(" %s\n", strerror(errno));
    errno = 0;
    printf("afterwards: %d", (int)waitpid(pid, NULL, 0));
    printf(" %s\n", strerror(errno));
    return 0;
}
