/* Numbers that a process has: ids that agree with each other, inherited by its child. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
    uid_t u = getuid(), e = geteuid();
    gid_t g = getgid(), eg = getegid();

    printf("real and effective agree: %d %d\n", u == e, g == eg);
    printf("tid is pid: %d\n", gettid() == getpid());
    printf("syscall gives the same: %d\n", syscall(SYS_getuid) == u && syscall(SYS_getpid) == getpid());
    printf("page size %d, %ld\n", getpagesize(), sysconf(_SC_PAGESIZE));
    fflush(stdout);
    if (fork() == 0) {
        printf("child: %d\n", getuid() == u && geteuid() == e && getgid() == g && getegid() == eg);
        exit(0);
    }
    wait(NULL);
    return 0;
}
