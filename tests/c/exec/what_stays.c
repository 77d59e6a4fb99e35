/* What exec leaves as it is: numbers, groups, users, the mask, signals that pend, limits, priority, umask, and some of
   prctl. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(char **argv)
{
    struct rlimit limit;
    struct signalfd_siginfo info;
    sigset_t set;
    int signal = 0, fd;

    printf("pid %d, parent %d, group %d, session %d\n", getpid() == atoi(argv[1]), getppid() == atoi(argv[2]),
           getpgrp() == atoi(argv[3]), getsid(0) == atoi(argv[4]));
    sigprocmask(SIG_SETMASK, NULL, &set);
    printf("blocks SIGUSR1 %d, SIGUSR2 %d\n", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));
    fd = signalfd(-1, &set, SFD_NONBLOCK);
    printf("pending: %d", (int)read(fd, &info, sizeof info) == (int)sizeof info);
    printf(", signal %d, value %d\n", (int)info.ssi_signo, info.ssi_int);
    getrlimit(RLIMIT_CORE, &limit);
    printf("limit %d, nice %d, umask %o\n", (int)limit.rlim_cur, getpriority(PRIO_PROCESS, 0), (unsigned)umask(0));
    prctl(PR_GET_PDEATHSIG, &signal);
    printf("death signal %d, no new privileges %d\n", signal, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    printf("children: %d\n", wait(NULL) > 0);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct rlimit limit = {0, 0};
    char numbers[4][12];
    union sigval value;
    sigset_t set;

    if (argc > 1) {
        tell(argv);
        return 0;
    }
    if (fork() == 0) {
        setpgid(0, 0);
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigprocmask(SIG_BLOCK, &set, NULL);
        value.sival_int = 5;
        sigqueue(getpid(), SIGUSR1, value);
        setrlimit(RLIMIT_CORE, &limit);
        nice(3);
        umask(027);
        prctl(PR_SET_PDEATHSIG, SIGUSR2);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (fork() == 0)
            _exit(0);
        sprintf(numbers[0], "%d", getpid());
        sprintf(numbers[1], "%d", getppid());
        sprintf(numbers[2], "%d", getpgrp());
        sprintf(numbers[3], "%d", getsid(0));
        execl(argv[0], argv[0], numbers[0], numbers[1], numbers[2], numbers[3], (char *)NULL);
        printf("exec: %s\n", strerror(errno));
        _exit(1);
    }
    wait(NULL);
    return 0;
}
