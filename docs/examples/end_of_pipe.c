/* The child's end closes the pipe. Is there a zombie to wait for when the parent has read to the pipe's end? */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char c;

    pipe(ends);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    close(ends[1]);
    read(ends[0], &c, 1);
    if (waitpid(child, NULL, WNOHANG) == child)
        printf("it has ended\n");
    else
        printf("not yet\n");
    return 0;
}
