/* vfork shares memory, not the descriptor table: the child's close and dup2 leave the parent's table alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

volatile int in_child;

int main(void)
{
    int fd[2];

    pipe(fd);
    if (vfork() == 0) {
        close(fd[0]);
        in_child = fcntl(fd[0], F_GETFD);
        _exit(0);
    }
    wait(NULL);
    printf("in the child after close: %d\n", in_child);
    printf("in the parent: %d\n", fcntl(fd[0], F_GETFD));
    return 0;
}
