/* Sleepers wake by their time, not by their order. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    static const struct { const char *name; long ms; } sleepers[] = {{"long", 300}, {"short", 100}, {"middle", 200}};
    int at, status = 0;
    pid_t idle;

    for (at = 0; at < 3; at++)
        if (fork() == 0) {
            struct timespec time = {0, sleepers[at].ms * 1000000};

            nanosleep(&time, 0);
            dprintf(1, "%s\n", sleepers[at].name);
            _exit(0);
        }
    while (wait(&status) > 0)
        ;
    idle = fork();
    if (idle == 0)
        for (;;)
            pause();
    kill(idle, SIGTERM);
    waitpid(idle, &status, 0);
    dprintf(1, "who pauses for ever ends by signal %d\n", status & 0x7f);
    return 0;
}
