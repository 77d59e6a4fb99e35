/* signalfd: read and poll wait for signals of whoever reads, not of who made the descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static int fd;

static void take(const char *who)
{
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);

    if (got == (ssize_t)sizeof info)
        printf("%s: signal %d from %s\n", who, (int)info.ssi_signo, info.ssi_pid == (unsigned)getpid() ? "itself" : "another");
    else
        printf("%s: %s\n", who, got < 0 ? strerror(errno) : "?");
    fflush(stdout);
}

static int ready(int time)
{
    struct pollfd one = {fd, POLLIN | POLLOUT | POLLRDNORM, 0};
    int told = poll(&one, 1, time);

    return told > 0 ? one.revents : told;
}

static void *reader(void *who)
{
    take(who);
    return NULL;
}

static void *poller(void *who)
{
    printf("%s: %#x\n", (const char *)who, (unsigned)ready(-1));
    fflush(stdout);
    return NULL;
}

static void on_signal(int sig)
{
    (void)sig;
}

int main(void)
{
    struct sigaction action;
    sigset_t set, other;
    pthread_t thread;
    pid_t child;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGALRM, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, 0);
    printf("nothing: %d\n", ready(0));

    pthread_create(&thread, NULL, reader, "a thread that reads");
    usleep(30000);
    kill(getpid(), SIGUSR1);
    pthread_join(thread, NULL);

    pthread_create(&thread, NULL, poller, "a thread that polls");
    usleep(30000);
    kill(getpid(), SIGUSR1);
    pthread_join(thread, NULL);
    take("the signal is there still");

    /* A signal for one thread is not another's. */
    pthread_create(&thread, NULL, reader, "a thread that was meant");
    usleep(30000);
    pthread_kill(pthread_self(), SIGUSR1);
    usleep(30000);
    printf("for this one: %#x\n", (unsigned)ready(0));
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    take("this one");

    /* A handler interrupts the read, and other signals for the descriptor are seen by who sleeps in it. */
    pthread_create(&thread, NULL, reader, "interrupted");
    usleep(30000);
    pthread_kill(thread, SIGALRM);
    pthread_join(thread, NULL);
    sigemptyset(&other);
    sigaddset(&other, SIGUSR2);
    sigprocmask(SIG_BLOCK, &other, NULL);
    kill(getpid(), SIGUSR2);
    pthread_create(&thread, NULL, reader, "after a change");
    usleep(30000);
    printf("not what it reads: %#x\n", (unsigned)ready(0));
    fflush(stdout);
    signalfd(fd, &other, 0);
    pthread_join(thread, NULL);
    signalfd(fd, &set, 0);

    /* The child reads its own signals through the descriptor that it has inherited. */
    kill(getpid(), SIGUSR1);
    child = fork();
    if (child == 0) {
        printf("the child has: %#x\n", (unsigned)ready(0));
        fflush(stdout);
        kill(getpid(), SIGUSR1);
        take("the child");
        _exit(0);
    }
    waitpid(child, NULL, 0);
    take("the parent");

    /* What another process changes, who sleeps is not told of; what then comes wakes it. */
    child = fork();
    if (child == 0) {
        kill(getpid(), SIGUSR2);
        take("the child");
        _exit(0);
    }
    usleep(100000);
    signalfd(fd, &other, 0);
    usleep(100000);
    printf("changed by the parent: the child %s\n", waitpid(child, NULL, WNOHANG) ? "has read" : "sleeps on");
    fflush(stdout);
    kill(child, SIGUSR1);
    waitpid(child, NULL, 0);
    return 0;
}
