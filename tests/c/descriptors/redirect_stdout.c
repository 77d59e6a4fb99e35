/* Redirection: dup2 puts a pipe in the place of descriptor 1; printf does not know. Saved with dup, restored with dup2. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    char buf[100];
    int fd[2], saved, n;

    pipe(fd);
    printf("to the old stdout\n");
    fflush(stdout);
    saved = dup(STDOUT_FILENO);
    dup2(fd[1], STDOUT_FILENO);
    printf("into the pipe\n");
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    n = read(fd[0], buf, sizeof buf);
    printf("the pipe had: %.*s", n, buf);
    return 0;
}
