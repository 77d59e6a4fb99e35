/* N children search a text for a word; the first to find it tells, the parent kills the others. Only one has it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define N 4

static const char text[] =
    "a process is a program in execution; the status of the current activity of a process is represented by the value "
    "of the program counter and the contents of the processor's registers; a zombie is a process that has terminated";

int main(void)
{
    int fd[2], i, status, killed = 0, exited = 0;
    int len = strlen(text), slice = len / N + 1, where;
    pid_t pid[N];

    pipe(fd);
    for (i = 0; i < N; i++) {
        pid[i] = fork();
        if (pid[i] == 0) {
            const char *p = strstr(text + i * slice, "zombie");
            if (p != NULL && p < text + (i + 1) * slice) {
                where = p - text;
                write(fd[1], &where, sizeof where);
                _exit(0);
            }
            for (;;)
                sleep(1);               /* searches for ever */
        }
    }
    read(fd[0], &where, sizeof where);
    printf("found at %d: %.20s\n", where, text + where);
    for (i = 0; i < N; i++) {
        kill(pid[i], SIGKILL);          /* the finder may be a zombie: no harm */
        waitpid(pid[i], &status, 0);
        if (i == where / slice)
            continue;
        killed += WIFSIGNALED(status);
        exited += WIFEXITED(status);
    }
    printf("of the others %d were killed, %d exited\n", killed, exited);
    return 0;
}
