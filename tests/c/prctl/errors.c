/* Options that there are not, and arguments that mean nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static void show(const char *what, int result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void)
{
    show("no such option", prctl(9999, 0L, 0L, 0L, 0L));
    show("death signal 65", prctl(PR_SET_PDEATHSIG, 65L, 0L, 0L, 0L));
    show("death signal to nowhere", prctl(PR_GET_PDEATHSIG, 0L, 0L, 0L, 0L));
    show("name from nowhere", prctl(PR_SET_NAME, 0L, 0L, 0L, 0L));
    show("name to nowhere", prctl(PR_GET_NAME, 0L, 0L, 0L, 0L));
    show("subreaper to nowhere", prctl(PR_GET_CHILD_SUBREAPER, 0L, 0L, 0L, 0L));
    show("dumpable 2", prctl(PR_SET_DUMPABLE, 2L, 0L, 0L, 0L));
    show("keep 2", prctl(PR_SET_KEEPCAPS, 2L, 0L, 0L, 0L));
    show("capability 41 or higher", prctl(PR_CAPBSET_READ, 63L, 0L, 0L, 0L));
    show("no new privileges, with more", prctl(PR_GET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
    show("ambient 9", prctl(PR_CAP_AMBIENT, 9L, 0L, 0L, 0L));
    return 0;
}
