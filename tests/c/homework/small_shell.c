/* A small shell: reads a line, splits it, forks, execs, waits. Commands, exit, and the status of the last one. */
// stdin: echo hello   world\ntrue\nstatus\nfalse\nstatus\nnosuchcommand\nstatus\n\necho bye\nexit 3\necho not reached\n
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

#define MAXLINE 80
#define MAXARGS 20

static int last_status;

static int parse(char *line, char *argv[])
{
    int argc = 0;
    char *word;

    for (word = strtok(line, " \t\n"); word != NULL && argc < MAXARGS - 1; word = strtok(NULL, " \t\n"))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

static void run(char *argv[])
{
    int status;
    pid_t pid = fork();

    if (pid < 0) {
        perror("fork");
        return;
    }
    if (pid == 0) {
        execvp(argv[0], argv);
        printf("%s: command not found\n", argv[0]);
        fflush(stdout);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) == pid)
        last_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
    char line[MAXLINE], *argv[MAXARGS];
    int argc;

    while (printf("osh> "), fflush(stdout), fgets(line, sizeof line, stdin) != NULL) {
        argc = parse(line, argv);
        if (argc == 0)
            continue;
        if (strcmp(argv[0], "exit") == 0)
            exit(argc > 1 ? atoi(argv[1]) : 0);
        if (strcmp(argv[0], "status") == 0) {
            printf("%d\n", last_status);
            continue;
        }
        run(argv);
    }
    return last_status;
}
