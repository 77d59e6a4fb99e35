/* kill(-pgid) reaches every member of a group and nobody else. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t group = 0, pid, bystander;
    int i, status, n = 0;

    for (i = 0; i < 3; i++) {
        pid = fork();
        if (pid == 0)
            for (;;)
                sleep(10);
        if (i == 0)
            group = pid;
        setpgid(pid, group);
    }
    bystander = fork();
    if (bystander == 0) {
        usleep(100000);
        _exit(5);
    }
    printf("kill: %d\n", kill(-group, SIGTERM));
    while (waitpid(-group, &status, 0) > 0)
        n += WTERMSIG(status) == SIGTERM;
    printf("%d members killed\n", n);
    waitpid(bystander, &status, 0);
    printf("the bystander exited with %d\n", WEXITSTATUS(status));
    printf("the group is gone: %d\n", kill(-group, 0));
    return 0;
}
