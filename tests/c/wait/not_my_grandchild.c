/* Only direct children can be waited for: the grandchild's parent gets it, the grandparent ECHILD. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], hold[2], status;
    pid_t child, grandchild;

    pipe(fd);
    pipe(hold);
    child = fork();
    if (child == 0) {
        close(hold[1]);
        grandchild = fork();
        if (grandchild == 0) {
            char c;
            read(hold[0], &c, 1);
            _exit(5);
        }
        write(fd[1], &grandchild, sizeof grandchild);
        waitpid(grandchild, &status, 0);
        _exit(WEXITSTATUS(status) + 1);
    }
    read(fd[0], &grandchild, sizeof grandchild);
    if (waitpid(grandchild, &status, 0) == -1)
        printf("the grandchild: %s\n", strerror(errno));
    close(hold[1]);
    waitpid(child, &status, 0);
    printf("the child collected 5 and returned %d\n", WEXITSTATUS(status));
    return 0;
}
