/*
 * An orphan is adopted: after the death of its parent getppid() gives another number.
 * (Which one depends on the system: init, or the nearest subreaper.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], changed = -1;

    pipe(fd);
    if (fork() == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            int i = 0;
            while (getppid() == parent)
                usleep(1000);
            changed = getppid() != parent && getppid() >= 0;
            write(fd[1], &changed, sizeof changed);
            _exit(0);
        }
        _exit(0);       /* the parent is gone, its child an orphan */
    }
    wait(NULL);
    read(fd[0], &changed, sizeof changed);
    printf("the orphan has another parent: %d\n", changed);
    printf("but I cannot wait for it: %d\n", (int)wait(NULL));
    return 0;
}
