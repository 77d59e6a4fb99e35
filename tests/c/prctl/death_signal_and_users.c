/* Becoming another user clears the signal for the parent's death; fork does, too. */
// user: root
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int get(void)
{
    int signal = -1;

    prctl(PR_GET_PDEATHSIG, &signal);
    return signal;
}

int main(void)
{
    printf("at first %d\n", get());
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    printf("set %d\n", get());
    printf("no signal: %d\n", prctl(PR_SET_PDEATHSIG, 65));
    printf("still %d\n", get());
    fflush(stdout);
    if (fork() == 0) {
        printf("child %d\n", get());
        return 0;
    }
    wait(NULL);
    setuid(0);
    printf("root stays root: %d\n", get());
    setuid(1001);
    printf("another user: %d\n", get());
    return 0;
}
