/* Out of a signal handler: longjmp leaves the mask as the handler has it, siglongjmp puts back what sigsetjmp saved. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf env;
static jmp_buf plain;
static volatile int saved;

static int blocked(int sig)
{
    sigset_t set;

    sigprocmask(SIG_SETMASK, NULL, &set);
    return sigismember(&set, sig);
}

static void on_signal(int sig)
{
    printf("in the handler: %s blocked %d\n", strsignal(sig), blocked(sig));
    siglongjmp(env, sig);
}

static void on_plain(int sig)
{
    (void)sig;
    longjmp(plain, 1);
}

static void from(int save)
{
    int sig;

    saved = save;
    sig = sigsetjmp(env, save);
    if (sig == 0) {
        raise(SIGUSR1);
        printf("never\n");
    }
    printf("mask saved %d: back with %d, blocked %d\n", save, sig, blocked(SIGUSR1));
}

static void faults(void)
{
    volatile int count = 0;
    int sig = sigsetjmp(env, 1);

    if (count++ < 2) {
        printf("fault %d, signal %d\n", count, sig);
        fflush(stdout);
        *(volatile int *)16 = 1;
    }
    printf("after %d faults\n", count - 1);
}

static void on_stack_of_its_own(void)
{
    struct sigaction action;
    stack_t stack, now;

    memset(&stack, 0, sizeof stack);
    stack.ss_sp = malloc(65536);
    stack.ss_size = 65536;
    sigaltstack(&stack, NULL);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR2, &action, NULL);
    if (sigsetjmp(env, 1) == 0)
        raise(SIGUSR2);
    sigaltstack(NULL, &now);
    printf("on the alternate stack still: %d\n", !!(now.ss_flags & SS_ONSTACK));
}

int main(void)
{
    sigset_t set;

    signal(SIGUSR1, on_signal);
    signal(SIGSEGV, on_signal);
    from(1);
    from(0);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGUSR1, on_plain);
    if (setjmp(plain) == 0)
        raise(SIGUSR1);
    else
        printf("longjmp: blocked %d\n", blocked(SIGUSR1));
    faults();
    on_stack_of_its_own();
    return 0;
}
