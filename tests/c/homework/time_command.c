/* The "time" homework (Silberschatz, chapter 3): measures how long a command takes, by a child that reports the start through shared memory. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

int main(void)
{
    char *command[] = { "sleep", "1", NULL };
    struct timeval *start = mmap(NULL, sizeof *start, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), end;
    double elapsed;
    int status;

    if (fork() == 0) {
        gettimeofday(start, NULL);
        execvp(command[0], command);
        _exit(127);
    }
    wait(&status);
    gettimeofday(&end, NULL);
    elapsed = end.tv_sec - start->tv_sec + (end.tv_usec - start->tv_usec) / 1e6;
    printf("%s %s: code %d, at least %d second\n", command[0], command[1], WEXITSTATUS(status), (int)elapsed);
    return 0;
}
