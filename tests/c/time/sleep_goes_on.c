/* A sleep that is stopped and continued ends when it would have, though the time left was stored; an alarm waits behind a stop. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec t = {0, 300000000}, left = {77, 77}, before, after;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        clock_gettime(CLOCK_MONOTONIC, &before);
        status = nanosleep(&t, &left);
        clock_gettime(CLOCK_MONOTONIC, &after);
        after.tv_sec -= before.tv_sec;
        printf("slept: %d, in all of the time: %d\n", status, after.tv_sec > 0 || after.tv_nsec - before.tv_nsec >= t.tv_nsec);
        printf("the time left was stored: %d\n", left.tv_sec == 0);
        fflush(stdout);
        alarm(1);
        raise(SIGSTOP);
        pause();
        return 0;
    }
    usleep(50000);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    usleep(50000);
    kill(pid, SIGCONT);
    waitpid(pid, &status, WUNTRACED);
    printf("stopped again: %d\n", WIFSTOPPED(status));
    fflush(stdout);
    usleep(1300000);
    printf("the alarm waits: %d\n", waitpid(pid, &status, WNOHANG));
    fflush(stdout);
    kill(pid, SIGCONT);
    waitpid(pid, &status, 0);
    printf("and comes: signal %d\n", WTERMSIG(status));
    return 0;
}
