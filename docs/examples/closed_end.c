/* open_end.c with the close that it has forgotten. */
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
    close(ends[1]);
    while (read(ends[0], &c, 1) > 0)
        write(1, &c, 1);
    wait(NULL);
    return 0;
}
