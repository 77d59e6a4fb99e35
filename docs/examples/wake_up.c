/* A parent that wakes its child with a signal, which may come before the child waits for it. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_usr1(int sig)
{
    (void)sig;
    write(1, "up\n", 3);
}

int main(void)
{
    signal(SIGUSR1, on_usr1);
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    kill(child, SIGUSR1);
    wait(NULL);
    return 0;
}
