/* init PROGRAM ARG...: process 1. Starts the program as a job of its own, as a shell does, and reaps, for ever, what is
   left to it. */
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    setsid();
    if (argc > 1 && fork() == 0) {
        setpgid(0, 0);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    for (;;)
        if (wait4(-1, 0, 0, 0) < 0)
            pause(); /* no children: some may be left to it later */
}
