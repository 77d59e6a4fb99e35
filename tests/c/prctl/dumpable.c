/* A process that has become another user is not dumpable any more. */
// user: root
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
    printf("at first %d\n", prctl(PR_GET_DUMPABLE));
    printf("set 0: %d\n", prctl(PR_SET_DUMPABLE, 0));
    printf("set 2: %d\n", prctl(PR_SET_DUMPABLE, 2));
    printf("now %d\n", prctl(PR_GET_DUMPABLE));
    prctl(PR_SET_DUMPABLE, 1);
    setuid(1001);
    printf("after setuid %d\n", prctl(PR_GET_DUMPABLE));
    printf("set 1: %d\n", prctl(PR_SET_DUMPABLE, 1));
    printf("now %d\n", prctl(PR_GET_DUMPABLE));
    return 0;
}
