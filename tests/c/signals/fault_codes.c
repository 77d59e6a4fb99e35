/* si_signo, si_code and si_addr of faults; a fault whose signal is blocked or ignored ends the process. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/mman.h>

static char *page;

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("%s, code %d, address %d\n", strsignal(sig), info->si_code,
           info->si_addr == page ? 1 : info->si_addr == (void *)16 ? 2 : 0);
    fflush(stdout);
    _exit(0);
}

static void run(int what)
{
    struct sigaction action = {0};
    sigset_t set;
    volatile int zero = 0;
    int status;

    if (fork() == 0) {
        action.sa_sigaction = handler;
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGSEGV, &action, NULL);
        sigaction(SIGFPE, &action, NULL);
        sigfillset(&set);
        if (what == 3)
            sigprocmask(SIG_BLOCK, &set, NULL);
        if (what == 4)
            signal(SIGSEGV, SIG_IGN);
        if (what == 1)
            *(char *)page = 1;
        else if (what == 2)
            printf("%d\n", 5 / zero);
        else
            *(volatile char *)16 = 1;
        _exit(1);
    }
    wait(&status);
    printf("status %#x\n", status & 0x7f);
    fflush(stdout);
}

int main(void)
{
    int what;

    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (what = 0; what < 5; what++) {
        if (what == 2)
            continue;
        run(what);
    }
    return 0;
}
