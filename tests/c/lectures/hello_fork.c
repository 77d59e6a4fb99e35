/* Lecture 1: one process becomes two. fork() returns 0 in the child and the child's pid in the parent. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("one process\n");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        printf("I am the child\n");
    } else {
        wait(NULL);
        printf("I am the parent, and my child is done\n");
    }
    return 0;
}
