/* prlimit reads and sets the limits of another process, if all its numbers are the caller's own. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void ask(const char *who, pid_t pid)
{
    struct rlimit limit;
    int result = prlimit(pid, RLIMIT_NOFILE, NULL, &limit);

    if (result)
        printf("%s: %s\n", who, strerror(errno));
    else
        printf("%s: %lu\n", who, (unsigned long)limit.rlim_cur);
}

int main(void)
{
    struct rlimit limit = {20, 30};
    int ready[2];
    char c;
    pid_t own, other;

    pipe(ready);
    if ((own = fork()) == 0) {
        setuid(1001);
        write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    if ((other = fork()) == 0) {
        setresuid(1001, 1001, 1002);
        write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    read(ready[0], &c, 1);
    read(ready[0], &c, 1);
    setuid(1001);
    printf("set %d\n", prlimit(own, RLIMIT_NOFILE, &limit, NULL));
    ask("the same user", own);
    ask("another saved one", other);
    ask("nobody", 4000000);
    fflush(stdout);
    kill(own, SIGKILL); /* the other one, too: the real user is the same */
    kill(other, SIGKILL);
    wait(NULL);
    wait(NULL);
    return 0;
}
