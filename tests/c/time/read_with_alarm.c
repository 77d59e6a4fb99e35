/* A read that an alarm ends; signal() would make it anew, sigaction without SA_RESTART does not. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_alarm(int signal)
{
    write(STDOUT_FILENO, "alarm\n", 6);
}

int main(void)
{
    struct sigaction action;
    int end[2], result;
    char c;

    pipe(end);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    ualarm(50000, 0);
    result = read(end[0], &c, 1);
    printf("read: %d, %s\n", result, strerror(errno));
    fflush(stdout);
    signal(SIGALRM, on_alarm);
    ualarm(50000, 0);
    if (fork() == 0) {
        usleep(300000);
        write(end[1], "x", 1);
        _exit(0);
    }
    result = read(end[0], &c, 1);
    printf("read anew: %d\n", result);
    wait(NULL);
    return 0;
}
