/* All three timers are kept by exec; a pending SIGALRM too. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct itimerval v = {{7, 0}, {1000, 0}};
    sigset_t set;
    int which;

    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    if (argc == 1) {
        for (which = 0; which < 3; which++)
            setitimer(which, &v, NULL);
        execl(argv[0], argv[0], "again", (char *)0);
        perror(argv[0]);
        return 1;
    }
    if (strcmp(argv[1], "again") == 0) {
        for (which = 0; which < 3; which++) {
            getitimer(which, &v);
            printf("%d: left %d, every %ld\n", which, v.it_value.tv_sec > 900, (long)v.it_interval.tv_sec);
        }
        fflush(stdout);
        sigprocmask(SIG_BLOCK, &set, NULL);
        ualarm(10000, 0);
        usleep(50000);
        execl(argv[0], argv[0], "pending", (char *)0);
        return 1;
    }
    sigpending(&set);
    printf("pending: %d\n", sigismember(&set, SIGALRM));
    return 0;
}
