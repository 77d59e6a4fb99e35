/* on_exit and atexit in one list, with status and argument; a second exit from inside. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void with_status(int status, void *arg)
{
    printf("%s: status %d\n", (char *)arg, status);
}

static void plain(void)
{
    printf("plain\n");
}

static void changes_code(void)
{
    printf("exit again\n");
    exit(9);
}

int main(void)
{
    int status;

    on_exit(with_status, "first registered");
    atexit(plain);
    on_exit(with_status, "last registered");
    if (fork() == 0) {
        atexit(changes_code);
        exit(4);
    }
    wait(&status);
    printf("the child's code: %d\n", WEXITSTATUS(status));
    return 6;
}
