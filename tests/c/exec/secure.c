/* A program that acts for another than it belongs to is told so (AT_SECURE), and forgets whose death it was to hear of. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(void)
{
    int signal;

    prctl(PR_GET_PDEATHSIG, &signal);
    printf(" secure %lu, users %lu %lu, groups %lu %lu, death signal %d, dumpable %d, environment %s\n", getauxval(AT_SECURE),
           getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID), getauxval(AT_EGID), signal, prctl(PR_GET_DUMPABLE),
           secure_getenv("KEY") ? "trusted" : "not trusted");
}

static void as(uid_t uid, uid_t euid, gid_t gid, gid_t egid, const char *path)
{
    fflush(stdout);
    if (fork() == 0) {
        setresgid(gid, egid, egid);
        setresuid(uid, euid, euid);
        prctl(PR_SET_PDEATHSIG, SIGUSR1);
        printf("%d %d %d %d:", (int)uid, (int)euid, (int)gid, (int)egid);
        fflush(stdout);
        execl(path, path, "again", (char *)NULL);
        printf("exec: %s\n", strerror(errno));
        _exit(1);
    }
    wait(NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        tell();
        return 0;
    }
    setenv("KEY", "1", 1);
    as(0, 0, 0, 0, argv[0]);
    as(1001, 0, 0, 0, argv[0]);
    as(0, 0, 1002, 0, argv[0]);
    as(0, 0, 1002, 1002, argv[0]);
    return 0;
}
