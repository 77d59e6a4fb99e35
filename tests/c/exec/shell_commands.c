/* sh -c of simple commands: sequence, && and ||, pipes, $?, quotes. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

static void sh(const char *command)
{
    printf("$ %s\n", command);
    fflush(stdout);
    if (fork() == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    wait(NULL);
}

int main(void)
{
    sh("echo one; echo two");
    sh("true && echo yes || echo no");
    sh("false && echo yes || echo no");
    sh("false; echo $?");
    sh("echo 'single  quotes' \"double  quotes\"");
    sh("echo through two cats | cat | cat");
    sh("echo in the background & wait; echo done");
    return 0;
}
