/* Who reads from the background gets SIGTTIN and stops; in the foreground it reads on. */
// keys: for the child\nfor the parent\n
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void take_line(const char *who)
{
    char line[100];
    ssize_t length = read(0, line, sizeof line);

    printf("%s reads %zd: %.*s", who, length, (int)length, line);
    fflush(stdout);
}

int main(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        setpgid(0, 0);
        take_line("child");
        return 3;
    }
    setpgid(child, child);
    waitpid(child, &status, WUNTRACED);
    printf("stopped: %d by SIGTTIN: %d\n", WIFSTOPPED(status), WSTOPSIG(status) == SIGTTIN);
    fflush(stdout);
    printf("tcsetpgrp: %d\n", tcsetpgrp(0, child));
    fflush(stdout);
    kill(-child, SIGCONT);
    waitpid(child, &status, 0);
    printf("exited: %d\n", WEXITSTATUS(status));
    signal(SIGTTOU, SIG_IGN);
    printf("back: %d\n", tcsetpgrp(0, getpgrp()));
    fflush(stdout);
    take_line("parent");
    return 0;
}
