/* setpriority: a worse value for one's own, a better one for nobody, nothing for another's. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int result;

static void set(const char *what, pid_t who, int value)
{
    int result = setpriority(PRIO_PROCESS, who, value);

    printf("%s: %s\n", what, result ? strerror(errno) : "done");
}

int main(void)
{
    int end[2];
    char c;
    pid_t other;

    pipe(end);
    other = fork();
    if (other == 0) {
        close(end[1]);
        read(end[0], &c, 1); /* until the parent ends */
        _exit(0);
    }
    set("root, better", 0, -5);
    set("root, of another", other, 3);
    setuid(1001);
    set("worse", 0, 10);
    set("better", 0, 5);
    set("of root", other, 10);
    set("of nobody", 4000000, 10);
    result = setpriority(7, 0, 0);
    printf("of no kind: %d, %s\n", result, strerror(errno));
    printf("read: %d %d\n", getpriority(PRIO_PROCESS, 0), getpriority(PRIO_PROCESS, other));
    fflush(stdout);
    return 0;
}
