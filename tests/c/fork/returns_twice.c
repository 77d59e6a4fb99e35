/*
 * fork() returns twice: 0 in the child, the child's pid in the parent.
 * The child asks the kernel for its own number and sends it home through a pipe:
 * it is the number that fork gave to the parent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2];
    pid_t pid, seen;

    if (pipe(fd) == -1) {
        perror("pipe");
        exit(EXIT_FAILURE);
    }
    pid = fork();
    if (pid < 0) {
        perror("fork");
        exit(EXIT_FAILURE);
    } else if (pid == 0) {
        pid_t me = getpid();
        printf("child: fork gave me %d\n", (int)pid);
        write(fd[1], &me, sizeof me);
        exit(EXIT_SUCCESS);
    }
    wait(NULL);
    read(fd[0], &seen, sizeof seen);
    printf("parent: fork gave me the child's pid: %s\n", pid == seen ? "yes" : "no");
    printf("parent: it is larger than 0: %d, and not mine: %d\n", pid > 0, pid != getpid());
    return 0;
}
