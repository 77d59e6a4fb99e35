/* What a signal tells, on stderr. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

void psiginfo(const siginfo_t *info, const char *s)
{
    const char *colon = s && *s ? ": " : "";

    fprintf(stderr, "%s%s%s (", s && *s ? s : "", colon, strsignal(info->si_signo));
    switch (info->si_code) {
    case SI_USER:
    case SI_TKILL:
    case SI_QUEUE:
        fprintf(stderr, "Signal sent by %s() %d %d)\n",
                info->si_code == SI_USER ? "kill" : info->si_code == SI_TKILL ? "tkill" : "sigqueue",
                (int)info->si_pid, (int)info->si_uid);
        break;
    default:
        fprintf(stderr, "%d)\n", info->si_code);
    }
}
