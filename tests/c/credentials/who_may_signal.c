/* Who may signal whom: by the sender's real or effective user, and the receiver's real or saved one. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t somebody(uid_t r, uid_t e, uid_t s)
{
    int ready[2];
    char c;
    pid_t pid;

    pipe(ready);
    pid = fork();
    if (pid == 0) {
        setresuid(r, e, s);
        write(ready[1], "x", 1);
        close(ready[0]);
        close(ready[1]);
        pause();
        _exit(0);
    }
    read(ready[0], &c, 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void ask(const char *who, pid_t pid)
{
    int result = kill(pid, 0);

    printf("%s: %s\n", who, result ? strerror(errno) : "may");
}

int main(void)
{
    pid_t pids[5];
    int i;

    pids[0] = somebody(1001, 1001, 1001);
    pids[1] = somebody(1002, 1001, 1002);
    pids[2] = somebody(1002, 1002, 1001);
    pids[3] = somebody(0, 1001, 0);
    pids[4] = somebody(0, 0, 0);
    ask("root and anybody", pids[2]);
    fflush(stdout);
    if (fork() == 0) {
        setresuid(1003, 1001, 1003);
        ask("all three", pids[0]);
        ask("only its effective", pids[1]);
        ask("its saved", pids[2]);
        ask("root acting as 1001", pids[3]);
        ask("root", pids[4]);
        ask("the parent", getppid());
        printf("SIGCONT within the session: %d\n", kill(pids[4], SIGCONT));
        printf("SIGTERM: %d\n", kill(pids[4], SIGTERM));
        setsid();
        printf("SIGCONT from another session: %d\n", kill(pids[4], SIGCONT));
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    for (i = 0; i < 5; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    return 0;
}
