/* exec drops the atexit functions with the old program. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void bye(void)
{
    write(1, "bye\n", 4);
}

int main(void)
{
    atexit(bye);
    if (fork() == 0) {
        execl("/bin/echo", "echo", "exec'ed", (char *)NULL);
        _exit(127);
    }
    wait(NULL);
    if (fork() == 0) {
        execl("/bin/nothing", "nothing", (char *)NULL);
        exit(127);                      /* failed: still the old program */
    }
    wait(NULL);
    return 0;
}
