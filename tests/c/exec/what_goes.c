/* What exec takes away: handlers and their flags, the alternate stack, the name, what was not dumpable, kept
   capabilities, descriptors that are to be closed, mappings. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void handler(int sig)
{
    (void)sig;
}

static void tell(int fd)
{
    struct sigaction action;
    stack_t stack;
    char name[16];

    sigaction(SIGUSR1, NULL, &action);
    printf("SIGUSR1: default %d, flags %x, masks SIGUSR2 %d\n", action.sa_handler == SIG_DFL,
           (unsigned)action.sa_flags & ~0x04000000u, sigismember(&action.sa_mask, SIGUSR2));
    sigaction(SIGUSR2, NULL, &action);
    printf("SIGUSR2: ignored %d, flags %x\n", action.sa_handler == SIG_IGN, (unsigned)action.sa_flags & ~0x04000000u);
    sigaltstack(NULL, &stack);
    printf("alternate stack: %s, %d bytes\n", stack.ss_flags & SS_DISABLE ? "none" : "there", (int)stack.ss_size);
    printf("dumpable %d, keeps capabilities %d\n", prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS));
    prctl(PR_GET_NAME, name);
    printf("its old name: %d\n", strcmp(name, "another") == 0);
    printf("descriptors: %s, %s\n", fcntl(fd, F_GETFD) < 0 ? "closed" : "open", fcntl(fd + 1, F_GETFD) < 0 ? "closed" : "open");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct sigaction action;
    stack_t stack;
    int ends[2];
    char number[12];

    if (argc > 1) {
        tell(atoi(argv[1]));
        return 0;
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_NODEFER;
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGUSR2, &action, NULL);
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = malloc(65536);
    stack.ss_size = 65536;
    sigaltstack(&stack, NULL);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_KEEPCAPS, 1);
    prctl(PR_SET_NAME, "another");
    pipe(ends);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    sprintf(number, "%d", ends[0]);
    printf("before: dumpable %d, keeps capabilities %d\n", prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS));
    fflush(stdout);
    execl(argv[0], argv[0], number, (char *)NULL);
    printf("exec: %s\n", strerror(errno));
    return 1;
}
