/* vfork and exec: the parent goes on at the exec already, not at the exit of the new program. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2];
    pid_t pid;

    pipe(fd);
    pid = vfork();
    if (pid == 0) {
        dup2(fd[0], 0);
        close(fd[0]);
        close(fd[1]);
        execl("/bin/cat", "cat", (char *)NULL);
        _exit(127);
    }
    /* cat runs now and waits for us: if we were still blocked this would never end. */
    close(fd[0]);
    printf("parent goes on\n");
    fflush(stdout);
    write(fd[1], "said by cat\n", 12);
    close(fd[1]);
    wait(NULL);
    printf("cat is done\n");
    return 0;
}
