/* PR_SET_NO_NEW_PRIVS is for good, and for the children too. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int result;

static int set(long value, long rest)
{
    return prctl(PR_SET_NO_NEW_PRIVS, value, rest, 0L, 0L);
}

int main(void)
{
    printf("at first %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L));
    result = set(0, 0);
    printf("0: %d, %s\n", result, strerror(errno));
    printf("a further argument: %d\n", set(1, 1));
    printf("1: %d\n", set(1, 0));
    printf("back: %d\n", set(0, 0));
    printf("now %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L));
    fflush(stdout);
    if (fork() == 0) {
        printf("child %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L));
        return 0;
    }
    wait(NULL);
    return 0;
}
