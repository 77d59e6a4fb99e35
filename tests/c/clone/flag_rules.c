/* The rules between clone flags: THREAD needs SIGHAND, SIGHAND needs VM; FS does not go with NEWNS. EINVAL, and no child. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void try(const char *name, unsigned long flags)
{
    long r;

    errno = 0;
    r = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (r == 0)
        _exit(0);
    if (r > 0)
        waitpid(r, NULL, __WALL);
    printf("%-32s %s\n", name, r > 0 ? "a child" : strerror(errno));
}

int main(void)
{
    try("SIGCHLD", SIGCHLD);
    try("0", 0);
    try("FS", CLONE_FS | SIGCHLD);
    try("FS|FILES", CLONE_FS | CLONE_FILES | SIGCHLD);
    try("SIGHAND", CLONE_SIGHAND | SIGCHLD);
    try("THREAD", CLONE_THREAD);
    try("THREAD|VM", CLONE_THREAD | CLONE_VM);
    try("THREAD|SIGHAND", CLONE_THREAD | CLONE_SIGHAND);
    try("VFORK", CLONE_VFORK | SIGCHLD);
    try("FS|NEWNS", CLONE_FS | CLONE_NEWNS | SIGCHLD);
    printf("children left: %d\n", (int)waitpid(-1, NULL, __WALL | WNOHANG));
    return 0;
}
