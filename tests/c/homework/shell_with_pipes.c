/* A shell that knows a pipeline and "&": each command of the line is a child, all are waited for unless in the background. */
// stdin: echo one two | cat\necho a | cat | cat | cat\nsleep 1 &\necho in front\nwait\nfalse | true\ntrue | false\n
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static char *words[32];

static pid_t start(char **argv, int in, int out, int unused)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    if (in != 0) {
        dup2(in, 0);
        close(in);
    }
    if (out != 1) {
        dup2(out, 1);
        close(out);
    }
    if (unused >= 0)
        close(unused);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

static int pipeline(int n, int background)
{
    int begin = 0, i, in = 0, fd[2] = { 0, 0 }, status = 0, count = 0;
    pid_t last = 0;

    for (i = 0; i <= n; i++) {
        if (i < n && strcmp(words[i], "|") != 0)
            continue;
        words[i] = NULL;
        if (i < n) {
            pipe(fd);
            last = start(words + begin, in, fd[1], fd[0]);
            close(fd[1]);
        } else {
            last = start(words + begin, in, 1, -1);
        }
        if (in != 0)
            close(in);
        in = fd[0];
        begin = i + 1;
        count++;
    }
    if (background)
        return 0;
    while (count-- > 0) {
        int s;
        if (wait(&s) == last)
            status = WEXITSTATUS(s);
    }
    return status;
}

int main(void)
{
    char line[200];
    int status = 0;

    setvbuf(stdin, NULL, _IONBF, 0);        /* leave the rest of the input alone */
    while (fgets(line, sizeof line, stdin)) {
        int n = 0, background = 0;
        char *w;

        for (w = strtok(line, " \n"); w; w = strtok(NULL, " \n"))
            words[n++] = w;
        if (n == 0)
            continue;
        if (strcmp(words[0], "wait") == 0) {
            while (wait(NULL) > 0)
                ;
            printf("all done\n");
        } else {
            if (strcmp(words[n - 1], "&") == 0) {
                background = 1;
                n--;
            }
            status = pipeline(n, background);
            printf("[%d]\n", status);
        }
        fflush(stdout);
    }
    return status;
}
