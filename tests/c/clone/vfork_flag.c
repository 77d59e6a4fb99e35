/* CLONE_VFORK alone: the parent waits, but memory is copied. CLONE_VM alone: memory is one, the parent does not wait. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define STACK 65536

static volatile int word;
static int go[2];

static int slow(void *arg)
{
    usleep(50000);
    word = 1;
    write(1, "  child is done\n", 16);
    return 0;
}

static int patient(void *arg)
{
    char c;

    read(go[0], &c, 1);
    word = 2;
    write(1, "  child is done\n", 16);
    return 0;
}

static void say(const char *text)
{
    printf("%s, word %d\n", text, word);
    fflush(stdout);
}

int main(void)
{
    char *stack = malloc(STACK);

    pipe(go);
    word = 0;
    clone(slow, stack + STACK, CLONE_VFORK | SIGCHLD, NULL);
    say("CLONE_VFORK: parent is back");
    wait(NULL);

    word = 0;
    clone(slow, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
    say("CLONE_VM | CLONE_VFORK: parent is back");
    wait(NULL);

    word = 0;
    clone(patient, stack + STACK, CLONE_VM | SIGCHLD, NULL);
    say("CLONE_VM: parent is back");
    write(go[1], "x", 1);
    wait(NULL);
    say("CLONE_VM: child waited for");
    return 0;
}
