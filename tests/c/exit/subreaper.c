/* A subreaper adopts the orphans below it: the grandchild's ppid becomes ours and we can wait for it. Only direct children move. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int main(void)
{
    pid_t me = getpid(), middle;
    int status, on = 0, go[2];
    char c;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_GET_CHILD_SUBREAPER, &on);
    printf("subreaper: %d\n", on);

    pipe(go);
    middle = fork();
    if (middle == 0) {
        prctl(PR_GET_CHILD_SUBREAPER, &on);
        if (fork() == 0) {
            pid_t grandchild = getpid();
            if (fork() == 0) {
                /* the great-grandchild keeps its living parent */
                close(go[1]);
                read(go[0], &c, 1);
                _exit(getppid() == grandchild ? 3 : 4);
            }
            close(go[1]);
            read(go[0], &c, 1);
            wait(&status);
            while (getppid() == middle)
                usleep(1000);
            _exit(getppid() == me ? 10 + WEXITSTATUS(status) : 99);
        }
        _exit(on);
    }
    waitpid(middle, &status, 0);
    printf("fork does not inherit the attribute: %d\n", WEXITSTATUS(status));
    close(go[1]);
    while (wait(&status) > 0)
        printf("adopted child returned %d\n", WEXITSTATUS(status));
    printf("%s\n", strerror(errno));
    return 0;
}
