/* Lecture 3: an orphan. The parent ends first; the child goes on and has another parent. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    pid_t parent = getpid();

    if (fork() == 0) {
        printf("child: my parent is the one who made me: %s\n", getppid() == parent ? "yes" : "no");
        fflush(stdout);
        while (getppid() == parent)
            usleep(1000);
        printf("child: my parent is the one who made me: %s\n", getppid() == parent ? "yes" : "no");
        return 0;
    }
    usleep(200000);
    return 0;
}
