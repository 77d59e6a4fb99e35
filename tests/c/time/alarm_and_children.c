/* A child of fork has no alarm; exec keeps it. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;

    alarm(1000);
    if (fork() == 0) {
        printf("child: %u\n", alarm(0));
        return 0;
    }
    wait(NULL);
    printf("parent: %u\n", alarm(0));
    fflush(stdout);
    if (fork() == 0) {
        alarm(1);
        execl("/bin/sleep", "sleep", "100", (char *)0);
        _exit(1);
    }
    wait(&status);
    printf("after exec: signal %d\n", WTERMSIG(status));
    return 0;
}
