/* setuid to a user with too many tasks succeeds; the exec after it does not. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    struct rlimit limit = {1, 1};
    uid_t user = 1500000000 + getpid();
    pid_t pids[2];
    int ready[2], i;
    char c;

    setrlimit(RLIMIT_NPROC, &limit);
    pipe(ready);
    for (i = 0; i < 2; i++)
        if ((pids[i] = fork()) == 0) {
            setuid(user);
            write(ready[1], "x", 1);
            pause();
            _exit(0);
        }
    read(ready[0], &c, 1);
    read(ready[0], &c, 1);
    if (fork() == 0) {
        printf("setuid %d\n", setuid(user));
        fflush(stdout);
        execl("/bin/echo", "echo", "not reached", (char *)0);
        printf("exec: %s\n", strerror(errno));
        fflush(stdout);
        _exit(0);
    }
    waitpid(-1, NULL, 0);
    for (i = 0; i < 2; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    return 0;
}
