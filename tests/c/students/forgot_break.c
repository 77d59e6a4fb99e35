/* switch without break: the child falls through into the parent's code. It waits for no one and goes on. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t pid = fork();
    int r;

    switch (pid) {
    case 0:
        printf("child code\n");
        /* the break is missing */
    default:
        r = wait(NULL);
        printf("parent code, wait gave %s\n", r < 0 ? "nothing" : "a child");
    }
    return 0;
}
