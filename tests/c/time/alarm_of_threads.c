/* A process has one alarm, whichever of its threads sets it, and the signal is any thread's that does not block it. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static pthread_t main_thread;
static volatile sig_atomic_t in_main = -1;

static void handler(int signal)
{
    in_main = pthread_equal(pthread_self(), main_thread) != 0;
}

static void *thread(void *unused)
{
    printf("the thread finds %u\n", alarm(2000));
    return NULL;
}

static void *sleeper(void *unused)
{
    while (in_main < 0)
        usleep(1000);
    return NULL;
}

int main(void)
{
    pthread_t other;
    sigset_t set;

    main_thread = pthread_self();
    signal(SIGALRM, handler);
    alarm(1000);
    pthread_create(&other, NULL, thread, NULL);
    pthread_join(other, NULL);
    printf("main finds %u\n", alarm(0));
    pthread_create(&other, NULL, sleeper, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    ualarm(20000, 0);
    pthread_join(other, NULL);
    printf("taken by main: %d\n", (int)in_main);
    return 0;
}
