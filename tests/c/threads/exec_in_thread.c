/* exec in a thread: the other threads are gone, the process is the same. */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void *run(void *arg)
{
    (void)arg;
    execl("/bin/echo", "echo", "hello from exec", (char *)NULL);
    return NULL;
}

int main(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        pthread_t thread;

        pthread_create(&thread, NULL, run, NULL);
        for (;;)
            pause();
    }
    printf("%d", waitpid(child, &status, 0) == child);
    printf(" %d\n", WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return 0;
}
