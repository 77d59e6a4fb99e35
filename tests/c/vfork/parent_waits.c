/* The parent of vfork does not run until the child has exited, however long that takes. No wait() needed. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t pid = vfork();

    if (pid == 0) {
        usleep(100000);
        write(1, "child, after a long sleep\n", 26);
        _exit(3);
    }
    write(1, "parent\n", 7);
    int status;
    wait(&status);
    printf("status %d\n", WEXITSTATUS(status));
    return 0;
}
