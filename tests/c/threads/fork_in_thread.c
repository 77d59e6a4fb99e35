/* fork copies the thread that calls it, and no other; pthread_atfork tells of it. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int forks;

static void prepare(void)
{
    printf("prepare\n");
    fflush(stdout);
}

static void parent(void)
{
    forks++;
}

static void child(void)
{
    forks += 10;
}

static void *count(void *arg)
{
    long *n = arg;

    (*n)++;
    return NULL;
}

static void *fork_here(void *arg)
{
    pthread_t self = pthread_self();
    int status;
    pid_t pid;

    (void)arg;
    pid = fork();
    if (pid == 0) {
        pthread_t thread;
        long n = 1;

        printf("child: same thread %d, forks %d\n", pthread_equal(self, pthread_self()) != 0, forks);
        pthread_create(&thread, NULL, count, &n);
        pthread_join(thread, NULL);
        printf("child: its thread gave %ld, pid is tid %d\n", n, getpid() == gettid());
        exit(4);
    }
    waitpid(pid, &status, 0);
    printf("parent: forks %d, child exits with %d\n", forks, WEXITSTATUS(status));
    return NULL;
}

int main(void)
{
    pthread_t thread;

    pthread_atfork(prepare, parent, child);
    pthread_create(&thread, NULL, fork_here, NULL);
    pthread_join(thread, NULL);
    return 0;
}
