/* The text of a signal on stderr. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

void psignal(int sig, const char *s)
{
    const char *colon = s && *s ? ": " : "";

    fprintf(stderr, "%s%s%s\n", s && *s ? s : "", colon, strsignal(sig));
}
