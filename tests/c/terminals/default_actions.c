/* Without handlers ^C and ^\ end, and ^Z stops, all of the foreground and nobody else. */
// keys: ^C^\^Z
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* A group of two processes that do nothing. */
static pid_t start(pid_t group, pid_t *second)
{
    pid_t first = fork();

    if (first == 0)
        for (;;)
            pause();
    setpgid(first, group ? group : first);
    *second = fork();
    if (*second == 0)
        for (;;)
            pause();
    setpgid(*second, group ? group : first);
    return first;
}

int main(void)
{
    pid_t other, background = start(0, &other);

    signal(SIGTTOU, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        pid_t second, first = start(0, &second);
        int status[2];

        tcsetpgrp(0, first);
        waitpid(first, &status[0], WUNTRACED);
        waitpid(second, &status[1], WUNTRACED);
        for (int k = 0; k < 2; k++)
            if (WIFSTOPPED(status[k]))
                printf("stopped by SIGTSTP: %d\n", WSTOPSIG(status[k]) == SIGTSTP);
            else
                printf("killed by %d\n", WTERMSIG(status[k]));
        kill(-first, SIGKILL);
        tcsetpgrp(0, getpgrp());
        fflush(stdout);
    }
    while (waitpid(-1, 0, WNOHANG) > 0)
        ;
    printf("the background lives: %d %d\n", kill(background, 0), kill(other, 0));
    kill(-background, SIGKILL);
    return 0;
}
