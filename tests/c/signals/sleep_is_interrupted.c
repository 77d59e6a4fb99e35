/* sleep and nanosleep end early, with the time that is left; with SA_RESTART too. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <time.h>

static void handler(int sig)
{
    (void)sig;
    write(1, "handler\n", 8);
}

int main(void)
{
    struct timespec long_time = {10, 0}, left = {0, 0};
    pid_t parent = getpid();
    int i;

    signal(SIGUSR1, handler);
    for (i = 0; i < 2; i++) {
        if (fork() == 0) {
            usleep(200000);
            kill(parent, SIGUSR1);
            _exit(0);
        }
        if (i == 0) {
            printf("nanosleep: %d", nanosleep(&long_time, &left));
            printf(" %s, left %d\n", strerror(errno), left.tv_sec == 9 && left.tv_nsec > 0);
        } else {
            printf("sleep: %u\n", sleep(10));
        }
        fflush(stdout);
        wait(NULL);
    }
    return 0;
}
