/* RLIMIT_NPROC counts the tasks of a user, zombies too; root is not bound by it. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child(const char *who)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    printf("%s: %s\n", who, pid < 0 ? strerror(errno) : "done");
    return pid;
}

int main(void)
{
    struct rlimit limit = {3, 3};
    siginfo_t info;
    pid_t a, b;

    setrlimit(RLIMIT_NPROC, &limit);
    a = child("root");
    waitpid(a, NULL, 0);
    setuid(1500000000 + getpid());
    a = child("second");
    b = child("third");
    child("fourth");
    waitid(P_PID, a, &info, WEXITED | WNOWAIT);
    child("with a zombie");
    waitpid(a, NULL, 0);
    a = child("when it is gone");
    waitpid(a, NULL, 0);
    waitpid(b, NULL, 0);
    return 0;
}
