/* The parent asks for ever after a child that is stopped, and another has become a zombie. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        _exit(0);
    }
    if (fork() == 0)
        _exit(2);
    while (waitpid(child, NULL, WNOHANG) == 0)
        ;
    return 0;
}
