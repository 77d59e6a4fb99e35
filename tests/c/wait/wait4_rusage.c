/* wait4 and wait3 give the dead child's resource usage; RUSAGE_CHILDREN grows only when it is reaped. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define PAGES 200

int main(void)
{
    struct rusage before, now, child;
    siginfo_t si;
    int status;
    pid_t pid, got;

    pid = fork();
    if (pid == 0) {
        int i;
        char *p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (i = 0; i < PAGES; i++)
            p[i * 4096] = 1;
        exit(3);
    }
    getrusage(RUSAGE_CHILDREN, &before);
    waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
    getrusage(RUSAGE_CHILDREN, &now);
    printf("a zombie is not counted yet: %d\n", now.ru_minflt == before.ru_minflt);

    memset(&child, 0, sizeof child);
    got = wait4(pid, &status, 0, &child);
    printf("wait4: the child: %d, exit code %d, at least 200 faults: %d\n", got == pid, WEXITSTATUS(status),
           child.ru_minflt >= PAGES);
    getrusage(RUSAGE_CHILDREN, &now);
    printf("reaped, it is counted: %d\n", now.ru_minflt - before.ru_minflt >= PAGES);

    if (fork() == 0)
        _exit(4);
    wait3(&status, 0, &child);
    printf("wait3: exit code %d, fewer faults: %d\n", WEXITSTATUS(status), child.ru_minflt < PAGES);
    return 0;
}
