/* A shell with job control: &, fg, bg, jobs, ^C and ^Z. Its commands are a few letters. */
// keys: p\n^C p\n^Zj\nb\nj\nf\n^Cj\np &\nj\nf\n^Zf\n^Cq\n
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t job;
static int stopped;

static void foreground(void)
{
    int status;

    tcsetpgrp(0, job);
    if (stopped)
        kill(-job, SIGCONT);
    stopped = 0;
    waitpid(job, &status, WUNTRACED);
    tcsetpgrp(0, getpgrp());
    if (WIFSTOPPED(status)) {
        stopped = 1;
        printf("[stopped]\n");
    } else {
        printf("[ended by %d]\n", WTERMSIG(status));
        job = 0;
    }
}

static void start(int background)
{
    job = fork();
    if (job == 0) {
        setpgid(0, 0);
        if (!background)
            tcsetpgrp(0, getpid());
        for (int signal_ = 1; signal_ < 32; signal_++)
            signal(signal_, SIG_DFL);
        if (fork() == 0)
            for (;;)
                pause();
        for (;;)
            pause();
    }
    setpgid(job, job);
    stopped = 0;
    if (!background)
        foreground();
}

int main(void)
{
    char line[100];

    signal(SIGINT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    while (printf("$ "), fflush(stdout), fgets(line, sizeof line, stdin)) {
        char command = line[strspn(line, " ")];

        printf("%c\n", command);
        fflush(stdout);
        if (command == 'p' && !job)
            start(strchr(line, '&') != 0);
        else if (command == 'j')
            printf("%s\n", !job ? "no job" : stopped ? "stopped" : "running");
        else if (command == 'b' && job) {
            kill(-job, SIGCONT);
            stopped = 0;
        } else if (command == 'f' && job)
            foreground();
        else if (command == 'q')
            break;
    }
    return 0;
}
