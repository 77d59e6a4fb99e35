/* Endless recursion meets the end of the stack (RLIMIT_STACK): SIGSEGV. The same depth in moderation is fine. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int deep(int n)
{
    volatile char frame[1000];

    frame[0] = n;
    if (n == 0)
        return 0;
    return deep(n - 1) + (frame[0] == (char)n);
}

static void run(const char *name, int depth)
{
    int status;

    fflush(stdout);
    if (fork() == 0) {
        struct rlimit rl = { 512 * 1024, RLIM_INFINITY };

        getrlimit(RLIMIT_STACK, &rl);
        rl.rlim_cur = 512 * 1024;
        setrlimit(RLIMIT_STACK, &rl);
        _exit(deep(depth) == depth ? 0 : 1);
    }
    wait(&status);
    if (WIFSIGNALED(status))
        printf("%s: %s\n", name, strsignal(WTERMSIG(status)));
    else
        printf("%s: exit code %d\n", name, WEXITSTATUS(status));
}

int main(void)
{
    run("200 calls of 1000 bytes", 200);
    run("endless recursion", 1000000000);
    return 0;
}
