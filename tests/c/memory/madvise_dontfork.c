/* MADV_DONTFORK: the child does not have these pages at all; MADV_DOFORK gives them to the next child again. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

static char *area;

static void child_reads(int page)
{
    int status;

    fflush(stdout);
    if (fork() == 0)
        _exit(area[page * 4096]);
    wait(&status);
    if (WIFSIGNALED(status))
        printf("page %d: %s\n", page, strsignal(WTERMSIG(status)));
    else
        printf("page %d: %c\n", page, WEXITSTATUS(status));
}

int main(void)
{
    area = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    area[0] = 'a';
    area[4096] = 'b';
    area[8192] = 'c';
    printf("madvise: %d\n", madvise(area + 4096, 4096, MADV_DONTFORK));
    child_reads(0);
    child_reads(1);
    child_reads(2);
    printf("the parent has it: %c\n", area[4096]);
    madvise(area + 4096, 4096, MADV_DOFORK);
    child_reads(1);
    return 0;
}
