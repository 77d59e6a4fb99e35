/*
 * wait() takes zombies in the order of their birth, not of their death.
 * The youngest dies first; waitid(WNOWAIT) makes sure of each death without reaping.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 4

int main(void)
{
    pid_t pid[N];
    int go[N][2], i, status;
    siginfo_t info;

    for (i = 0; i < N; i++) {
        pipe(go[i]);
        pid[i] = fork();
        if (pid[i] == 0) {
            char c;
            int k;
            for (k = 0; k <= i; k++)
                close(go[k][1]);
            read(go[i][0], &c, 1);
            _exit(i);
        }
    }
    for (i = N - 1; i >= 0; i--) {
        write(go[i][1], "x", 1);
        waitid(P_PID, pid[i], &info, WEXITED | WNOWAIT);
        printf("child %d has died\n", info.si_status);
    }
    while (wait(&status) > 0)
        printf("wait gives child %d\n", WEXITSTATUS(status));
    return 0;
}
