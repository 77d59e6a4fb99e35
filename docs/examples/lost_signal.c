/* The child looks whether the signal has come, and sleeps if it has not. What if it comes in between? */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t came;

static void note(int signal)
{
    (void)signal;
    came = 1;
}

int main(void)
{
    signal(SIGUSR1, note);
    pid_t child = fork();
    if (child == 0) {
        if (!came)
            pause();
        write(1, "awake\n", 6);
        _exit(0);
    }
    kill(child, SIGUSR1);
    wait(NULL);
    return 0;
}
