/* printf into a pipe without a reader only fills the buffer; the flush is what kills. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], told[2], status;
    char c = '?';

    pipe(fd);
    pipe(told);
    if (fork() == 0) {
        dup2(fd[1], 1);
        close(fd[0]);
        close(fd[1]);
        read(told[0], &c, 1);           /* until the parent's read end is closed */
        printf("into the void\n");
        write(told[1], "p", 1);
        fflush(stdout);
        write(told[1], "f", 1);
        _exit(0);
    }
    close(fd[1]);
    close(fd[0]);
    write(told[1], "x", 1);
    wait(&status);
    close(told[1]);
    printf("killed by SIGPIPE: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
    while (read(told[0], &c, 1) == 1)
        printf("it came as far as %s\n", c == 'p' ? "printf" : "fflush");
    return 0;
}
