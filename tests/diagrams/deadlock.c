/* Each waits for the other to write first. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int down[2], up[2];
    char c = 0;
    pipe(down);
    pipe(up);
    if (fork() == 0) {
        read(down[0], &c, 1);
        write(up[1], "x", 1);
        _exit(0);
    }
    read(up[0], &c, 1);
    write(down[1], "y", 1);
    wait(NULL);
    return 0;
}
