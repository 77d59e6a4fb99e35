/* The parent reads until the end of the pipe. It has forgotten to close its own end for writing. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char c;

    pipe(ends);
    if (fork() == 0) {
        write(ends[1], "x", 1);
        _exit(0);
    }
    while (read(ends[0], &c, 1) > 0)
        write(1, &c, 1);
    wait(NULL);
    return 0;
}
