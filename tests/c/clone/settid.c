/* CLONE_PARENT_SETTID writes the new tid into the parent's memory, CLONE_CHILD_SETTID into the child's. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static pid_t parent_word, child_word;

static int child(void *arg)
{
    _exit(child_word == getpid() ? 1 : 2);
}

int main(void)
{
    char *stack = malloc(STACK);
    int status;
    pid_t pid;

    pid = clone(child, stack + STACK, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, NULL, &parent_word, NULL,
                &child_word);
    wait(&status);
    printf("parent's word is the pid: %d\n", parent_word == pid);
    printf("child's word was its pid: %d\n", WEXITSTATUS(status) == 1);
    printf("the parent's copy of the child's word: %d\n", child_word);
    return 0;
}
