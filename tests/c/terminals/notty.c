/* TIOCNOTTY: a process gives up its own terminal; with the leader the session does, and the foreground hears of it. */
// user: root
// keys: \n
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, long value)
{
    printf("%s: %ld %s\n", what, value, value < 0 ? strerror(errno) : "");
    fflush(stdout);
}

static void told(int signal, siginfo_t *info, void *context)
{
    (void)context;
    printf("told %s by a process: %d\n", signal == SIGHUP ? "SIGHUP" : "SIGCONT", info->si_code == SI_USER);
    fflush(stdout);
}

int main(void)
{
    show("gives up", ioctl(0, TIOCNOTTY));
    show("again", ioctl(0, TIOCNOTTY));
    show("tcgetpgrp", tcgetpgrp(0));
    if (fork() == 0) {
        struct sigaction action = {.sa_sigaction = told, .sa_flags = SA_SIGINFO};
        sigset_t set, old;
        pid_t child;
        int signal;

        setsid();
        show("takes", ioctl(0, TIOCSCTTY, 1));
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGHUP);
        sigaddset(&set, SIGCONT);
        sigprocmask(SIG_BLOCK, &set, &old);
        child = fork();
        if (child == 0) {
            setpgid(0, 0);
            sigaction(SIGHUP, &action, 0);
            sigaction(SIGCONT, &action, 0);
            kill(getppid(), SIGUSR1);
            sigdelset(&set, SIGUSR1);
            do {
                sigpending(&set);
                usleep(1000);
            } while (!sigismember(&set, SIGHUP) || !sigismember(&set, SIGCONT));
            sigprocmask(SIG_SETMASK, &old, 0);
            show("child: tcgetpgrp", tcgetpgrp(0));
            return 0;
        }
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigwait(&set, &signal);
        show("tcsetpgrp", tcsetpgrp(0, child));
        show("leader gives up", ioctl(0, TIOCNOTTY));
        show("tcgetpgrp", tcgetpgrp(0));
        wait(0);
        show("takes it again", ioctl(0, TIOCSCTTY, 0));
        return 0;
    }
    wait(0);
    return 0;
}
