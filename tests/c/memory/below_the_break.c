/* Memory above the break is not there: SIGSEGV. (Past the end of the page, that is.) */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char *end;
    int status;

    setbuf(stdout, NULL);
    sbrk(4096 - (long)sbrk(0) % 4096);
    end = sbrk(0);
    if (fork() == 0) {
        end[-1] = 1;
        _exit(0);
    }
    wait(&status);
    printf("last byte: %d\n", WIFEXITED(status));
    if (fork() == 0) {
        end[0] = 1;
        _exit(0);
    }
    wait(&status);
    printf("next byte: %s\n", strsignal(WTERMSIG(status)));
    return 0;
}
