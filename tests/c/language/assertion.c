/* assert: a true one does nothing, a false one says so on stderr and aborts. */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int status;

    assert(1 + 1 == 2);
    if (fork() == 0) {
        close(2);
        assert(1 + 1 == 3);
        exit(0);
    }
    wait(&status);
    printf("signal is SIGABRT: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    return 0;
}
