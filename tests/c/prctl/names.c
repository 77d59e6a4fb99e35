/* PR_SET_NAME keeps 15 bytes; a child has its parent's name. */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char name[16];

    printf("%d\n", prctl(PR_SET_NAME, "a name of more than fifteen bytes"));
    prctl(PR_GET_NAME, name);
    printf("%s\n", name);
    fflush(stdout);
    if (fork() == 0) {
        prctl(PR_GET_NAME, name);
        printf("child: %s\n", name);
        prctl(PR_SET_NAME, "child");
        return 0;
    }
    wait(NULL);
    prctl(PR_GET_NAME, name);
    printf("parent: %s\n", name);
    return 0;
}
