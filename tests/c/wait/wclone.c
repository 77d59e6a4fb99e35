/*
 * A "clone child" is one that sends no SIGCHLD at its end. Plain wait does not see it: ECHILD.
 * __WCLONE waits for such children only, __WALL for all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pid_t child(unsigned long flags, int code)
{
    pid_t pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (pid == 0)
        _exit(code);
    return pid;
}

static void try(const char *what, pid_t pid, int options)
{
    int status;
    pid_t r = waitpid(pid, &status, options);

    if (r == -1)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: exit code %d\n", what, WEXITSTATUS(status));
}

int main(void)
{
    pid_t quiet, plain;

    quiet = child(0, 1);
    try("exit signal 0, plain waitpid", quiet, 0);
    try("exit signal 0, wait for any", -1, 0);
    try("exit signal 0, __WCLONE", quiet, __WCLONE);

    quiet = child(0, 2);
    try("exit signal 0, __WALL", -1, __WALL);

    plain = child(SIGCHLD, 3);
    try("forked child, __WCLONE", plain, __WCLONE);
    try("forked child, __WALL", plain, __WALL);

    signal(SIGUSR1, SIG_IGN);
    quiet = child(SIGUSR1, 4);
    try("exit signal SIGUSR1, plain waitpid", quiet, 0);
    try("exit signal SIGUSR1, __WALL", quiet, __WALL);

    plain = child(SIGCHLD, 5);
    quiet = child(0, 6);
    try("both there, plain wait", -1, 0);
    try("both there, __WCLONE", -1, __WCLONE);
    return 0;
}
