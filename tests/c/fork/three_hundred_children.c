/*
 * 300 children live at the same time and share every untouched page with their parent: a reference
 * count in one byte would overflow here. A kernel had this bug. They all start when the pipe closes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 300

int shared_until_written = 41;

int main(void)
{
    int fd[2], i, status, good = 0;
    char c;

    pipe(fd);
    for (i = 0; i < N; i++) {
        pid_t pid = fork();
        if (pid == -1) {
            perror("fork");
            return 1;
        }
        if (pid == 0) {
            close(fd[1]);
            read(fd[0], &c, 1);         /* until the parent lets go */
            shared_until_written++;
            _exit(shared_until_written);
        }
    }
    close(fd[1]);
    while (wait(&status) > 0)
        if (WIFEXITED(status) && WEXITSTATUS(status) == 42)
            good++;
    printf("%d children saw their own 42, mine is %d\n", good, shared_until_written);
    return 0;
}
