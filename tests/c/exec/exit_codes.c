/* The exit code of an exec'ed program arrives like any other: true, false, sh -c 'exit 7', a shell killed by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void run(char *const argv[])
{
    int status;

    if (fork() == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    wait(&status);
    if (WIFEXITED(status))
        printf("%s: exit code %d\n", argv[0], WEXITSTATUS(status));
    else
        printf("%s: signal %d\n", argv[0], WTERMSIG(status));
    fflush(stdout);
}

int main(void)
{
    run((char *[]){ "true", NULL });
    run((char *[]){ "false", NULL });
    run((char *[]){ "sh", "-c", "exit 7", NULL });
    run((char *[]){ "sh", "-c", "true && false", NULL });
    run((char *[]){ "sh", "-c", "false || true", NULL });
    run((char *[]){ "sh", "-c", "kill -9 $$", NULL });
    run((char *[]){ "sh", "-c", "kill -TERM $$; echo not reached", NULL });
    run((char *[]){ "nothing-of-this-name", NULL });
    return 0;
}
