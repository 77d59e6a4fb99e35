/* kill [-SIGNAL | -s SIGNAL] PID...: sends a signal. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A signal by number or by name, with or without SIG; -1 where there is none. */
static int parse_signal(const char *s)
{
    char *end;
    int sig;

    if (isdigit((unsigned char)*s)) {
        sig = (int)strtol(s, &end, 10);
        return *end || sig > SIGRTMAX ? -1 : sig;
    }
    if (strncasecmp(s, "SIG", 3) == 0)
        s += 3;
    for (sig = 1; sig < 32; sig++)
        if (sigabbrev_np(sig) && strcasecmp(s, sigabbrev_np(sig)) == 0)
            return sig;
    return -1;
}

int main(int argc, char **argv)
{
    int sig = SIGTERM, status = 0, i = 1;
    const char *name = 0;
    char *end;
    long pid;

    if (i + 1 < argc && strcmp(argv[i], "-s") == 0) {
        name = argv[i + 1];
        i += 2;
    } else if (i < argc && argv[i][0] == '-' && argv[i][1] && strcmp(argv[i], "--") != 0) {
        name = argv[i++] + 1;
    }
    if (name) {
        sig = parse_signal(name);
        if (sig < 0) {
            fprintf(stderr, "kill: %s: invalid signal\n", name);
            return 1;
        }
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (i == argc) {
        fprintf(stderr, "usage: kill [-SIGNAL] PID...\n");
        return 2;
    }
    for (; i < argc; i++) {
        pid = strtol(argv[i], &end, 10);
        if (end == argv[i] || *end) {
            fprintf(stderr, "kill: %s: not a process\n", argv[i]);
            status = 1;
        } else if (kill((pid_t)pid, sig) < 0) {
            fprintf(stderr, "kill: (%ld): %s\n", pid, strerror(errno));
            status = 1;
        }
    }
    return status;
}
