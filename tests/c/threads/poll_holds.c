/* A poll that sleeps holds the files that it watches, whoever closes their descriptors; it looks again by number when one
   of those files has something to tell. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2], other[2];
static short events;
static volatile int over;

static void *watcher(void *fd)
{
    struct pollfd one = {*(int *)fd, events, 0x77};
    int result = poll(&one, 1, -1);

    over = 1;
    if (result < 0)
        printf("poll: %s, revents %#x\n", strerror(errno), (unsigned)one.revents);
    else
        printf("poll: %d, revents %#x\n", result, (unsigned)one.revents);
    return NULL;
}

static void rest(const char *what)
{
    usleep(30000);
    printf("%s: %s\n", what, over ? "it is over" : "it sleeps");
    fflush(stdout);
}

static pthread_t watch(int *fd, short what)
{
    pthread_t thread;

    over = 0;
    events = what;
    pthread_create(&thread, NULL, watcher, fd);
    rest("begun");
    return thread;
}

static void say(const char *what, ssize_t written)
{
    printf("%s: %s\n", what, written == 1 ? "written" : strerror(errno));
    fflush(stdout);
}

static void put(const char *what, int fd)
{
    say(what, write(fd, "x", 1));
}

static void end(pthread_t thread)
{
    pthread_join(thread, NULL);
    fflush(stdout);
}

/* The write that ends it: who prints first would be chance. */
static void put_last(const char *what, int fd, pthread_t thread)
{
    ssize_t written = write(fd, "x", 1);

    end(thread);
    say(what, written);
}

static void closed(void)
{
    pthread_t thread;

    printf("-- the descriptor is closed\n");
    pipe(ends);
    thread = watch(&ends[0], POLLIN);
    close(ends[0]);
    rest("closed");
    put_last("somebody still reads", ends[1], thread);
    put("nobody reads", ends[1]);
    close(ends[1]);
}

static void another(void)
{
    pthread_t thread;
    int fd;

    printf("-- the descriptor names another file\n");
    pipe(ends);
    pipe(other);
    fd = ends[0];
    thread = watch(&fd, POLLIN);
    dup2(other[0], fd);
    rest("another file");
    put("to the one it watches", ends[1]);
    rest("it has looked at the other one");
    put("to the other one", other[1]);
    rest("nobody told it");
    put_last("to the one it watches", ends[1], thread);
    close(fd);
    close(ends[1]);
    close(other[0]);
    close(other[1]);
}

static void not_asked(void)
{
    pthread_t thread;

    printf("-- what it did not ask for\n");
    pipe(ends);
    thread = watch(&ends[0], POLLOUT);
    put("not what it asked for", ends[1]);
    rest("written");
    close(ends[1]);
    end(thread);
    close(ends[0]);
}

static void on_signal(int sig)
{
    (void)sig;
}

static void interrupted(void)
{
    struct sigaction action;
    pthread_t thread;

    printf("-- a signal\n");
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    pipe(ends);
    thread = watch(&ends[0], POLLIN);
    pthread_kill(thread, SIGUSR1);
    end(thread);
    thread = watch(&ends[0], POLLIN);
    close(ends[0]);
    rest("closed");
    pthread_kill(thread, SIGUSR1);
    end(thread);
    put("nobody reads", ends[1]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    closed();
    another();
    not_asked();
    interrupted();
    return 0;
}
