/* exit() flushes stdio and runs the atexit functions; _exit() does neither. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void bye(void)
{
    printf("bye\n");
}

int main(void)
{
    atexit(bye);
    if (fork() == 0) {
        printf("child 1 leaves by _exit: nobody will read this\n");
        _exit(0);
    }
    wait(NULL);
    if (fork() == 0) {
        printf("child 2 leaves by exit\n");
        exit(0);
    }
    wait(NULL);
    if (fork() == 0) {
        printf("child 3 flushes, then _exit\n");
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    if (fork() == 0) {
        printf("child 4 leaves by _Exit: lost too\n");
        _Exit(0);
    }
    wait(NULL);
    printf("parent returns from main\n");
    return 0;
}
