/* The switch idiom: -1, 0 and anything else. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

static int idata = 111;

int main(int argc, char *argv[])
{
    int istack = 222;
    pid_t childPid;

    switch (childPid = fork()) {
    case -1:
        perror("fork");
        exit(EXIT_FAILURE);

    case 0:
        idata *= 3;
        istack *= 3;
        break;

    default:
        wait(NULL);             /* give the child a chance to finish */
        break;
    }

    printf("%s idata=%d istack=%d\n", (childPid == 0) ? "(child) " : "(parent)", idata, istack);
    exit(EXIT_SUCCESS);
}
