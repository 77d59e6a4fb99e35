/* A mapping made after fork belongs to its maker; one made before, and unmapped by the child, stays with the parent. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    char *before, *after;
    int fd[2], status;

    before = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(before, "still mapped");
    pipe(fd);
    if (fork() == 0) {
        after = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        after[63 * 4096] = 'x';
        munmap(before, 4096);
        write(fd[1], &after, sizeof after);
        exit(0);
    }
    wait(NULL);
    read(fd[0], &after, sizeof after);
    printf("mine: %s\n", before);
    fflush(stdout);
    if (fork() == 0)
        exit(after[63 * 4096]);
    wait(&status);
    printf("the child's mapping: %s\n", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "readable");
    return 0;
}
