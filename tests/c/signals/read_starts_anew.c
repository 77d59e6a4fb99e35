/* With SA_RESTART the read starts anew after the handler, and gives what comes later. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
    (void)sig;
    write(1, "handler\n", 8);
}

int main(void)
{
    struct sigaction action = {0};
    pid_t parent = getpid();
    int fds[2];
    char text[16] = "";

    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    pipe(fds);
    if (fork() == 0) {
        usleep(100000);
        kill(parent, SIGUSR1);
        usleep(100000);
        kill(parent, SIGUSR1);
        usleep(100000);
        write(fds[1], "hello", 6);
        _exit(0);
    }
    printf("read gives %d: ", (int)read(fds[0], text, sizeof text));
    printf("%s\n", text);
    wait(NULL);
    return 0;
}
