/*
 * SIGCHLD ignored: children leave no zombie. wait blocks until the last one is gone, then fails with ECHILD;
 * their resource usage is lost to RUSAGE_CHILDREN. The number of the last one is free a moment later.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

int main(void)
{
    struct rusage ru;
    int fd[2], i, n = 0;
    char c;
    pid_t pid = -1;

    signal(SIGCHLD, SIG_IGN);
    pipe(fd);
    for (i = 0; i < 3; i++) {
        pid = fork();
        if (pid == 0) {
            usleep(30000 * (i + 1));
            write(fd[1], "x", 1);
            exit(i);
        }
    }
    close(fd[1]);
    printf("wait: %d", (int)wait(NULL));
    printf(" %s\n", strerror(errno));
    while (read(fd[0], &c, 1) == 1)
        n++;
    printf("all %d had finished by then\n", n);
    while ((i = kill(pid, 0)) == 0)
        ;
    printf("no zombie: kill(last, 0) is %d %s\n", i, strerror(errno));
    getrusage(RUSAGE_CHILDREN, &ru);
    printf("faults counted for children: %ld\n", ru.ru_minflt);
    return 0;
}
