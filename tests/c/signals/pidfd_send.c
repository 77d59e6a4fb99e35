// kernel: 6.15
/* pidfd_send_signal: whom it reaches, what it tells, and what it refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF_THREAD -10000
#define SELF_PROCESS -10001
#define TO_THREAD 1
#define TO_PROCESS 2
#define TO_GROUP 4

static volatile sig_atomic_t handled;

static void on_signal(int sig, siginfo_t *info, void *context)
{
    (void)context;
    handled++;
    printf("%s: code %d, from itself %d", sig == SIGRTMIN ? "RTMIN" : strsignal(sig), info->si_code,
           info->si_pid == getpid());
    if (info->si_code == SI_QUEUE)
        printf(", value %d", info->si_value.sival_int);
    printf("\n");
}

static void show(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "ok");
    fflush(stdout);
}

static long send(int fd, int sig, siginfo_t *info, unsigned flags)
{
    return syscall(SYS_pidfd_send_signal, fd, sig, info, flags);
}

static siginfo_t telling(int sig, int code)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_signo = sig;
    info.si_code = code;
    info.si_pid = getpid();
    info.si_value.sival_int = 42;
    return info;
}

static void itself(int process, int thread)
{
    siginfo_t info = telling(SIGRTMIN, SI_QUEUE);

    show("to the process", send(process, SIGUSR1, NULL, 0));
    show("to the thread", send(thread, SIGUSR1, NULL, 0));
    show("to the thread by its process", send(process, SIGUSR1, NULL, TO_THREAD));
    show("to the process by its thread", send(thread, SIGUSR1, NULL, TO_PROCESS));
    show("self, thread", send(SELF_THREAD, SIGUSR1, NULL, 0));
    show("self, process", send(SELF_PROCESS, SIGUSR1, NULL, 0));
    show("queued", send(process, SIGRTMIN, &info, 0));
    info = telling(SIGUSR1, SI_USER);
    show("as kill, to itself", send(process, SIGUSR1, &info, 0));
    show("as kill, to its group", send(process, SIGUSR1, &info, TO_GROUP));
    show("as another signal", send(process, SIGUSR2, &info, 0));
    info = telling(SIGUSR1, 4000);
    memset((char *)&info + 64, 1, 8);
    show("as nobody knows", send(process, SIGUSR1, &info, 0));
    show("from nowhere", send(process, SIGUSR1, (siginfo_t *)16, 0));
}

static void refused(int process)
{
    show("no signal at all", send(process, 0, NULL, 0));
    show("no such signal", send(process, 65, NULL, 0));
    show("two scopes", send(process, 0, NULL, TO_THREAD | TO_GROUP));
    show("unknown flag, before the descriptor", send(-1, 0, NULL, 8));
    show("no descriptor", send(-1, 0, NULL, 0));
    show("no task", send(1, 0, NULL, 0));
    show("no such self", send(-10002, 0, NULL, 0));
}

static void of_a_child(void)
{
    siginfo_t info = telling(SIGUSR1, SI_USER);
    int fd, status;
    pid_t child = fork();

    if (child == 0) {
        setpgid(0, 0);
        for (;;)
            pause();
    }
    setpgid(child, child);
    fd = (int)syscall(SYS_pidfd_open, child, 0);
    show("as kill, to a child", send(fd, SIGUSR1, &info, 0));
    show("its group", send(fd, 0, NULL, TO_GROUP));
    show("killed with its group", send(fd, SIGKILL, NULL, TO_GROUP));
    waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT);
    show("a zombie", send(fd, SIGKILL, NULL, 0));
    waitpid(child, &status, 0);
    printf("it died of %d\n", WTERMSIG(status));
    show("gone", send(fd, 0, NULL, 0));
    show("its group is gone", send(fd, 0, NULL, TO_GROUP));
    show("gone, as kill", send(fd, SIGUSR1, &info, 0));
}

int main(void)
{
    struct sigaction action;
    int process, thread;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    process = (int)syscall(SYS_pidfd_open, getpid(), 0);
    thread = (int)syscall(SYS_pidfd_open, getpid(), O_EXCL);
    itself(process, thread);
    refused(process);
    of_a_child();
    printf("%d signals handled\n", (int)handled);
    return 0;
}
