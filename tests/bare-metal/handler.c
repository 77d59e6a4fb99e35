/* A handler runs on the task's stack, and what it interrupted goes on. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void note(int signal, siginfo_t *info, void *context)
{
    (void)context;
    caught++;
    dprintf(1, "caught %d: number %d, code %d\n", signal, info->si_signo, info->si_code);
    if (signal == SIGUSR1) {
        /* The other one comes in the middle of this one. */
        kill(getpid(), SIGUSR2);
        dprintf(1, "the first handler goes on\n");
    }
}

static void fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    dprintf(1, "caught %d: code %d, address 0x%lx\n", signal, info->si_code, (unsigned long)info->si_addr);
    _exit(5);
}

static void catch(int signal, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction act;

    memset(&act, 0, sizeof act);
    act.sa_sigaction = handler;
    act.sa_flags = SA_SIGINFO;
    sigaction(signal, &act, 0);
}

int main(void)
{
    int status = 0, result;
    pid_t child;

    catch(SIGUSR1, note);
    catch(SIGUSR2, note);
    result = kill(getpid(), SIGUSR1);
    dprintf(1, "kill gives %d\n", result);
    dprintf(1, "%d handlers have run\n", (int)caught);
    child = fork();
    if (child == 0) {
        catch(SIGSEGV, fault);
        *(volatile char *)0x4000 = 1;
        _exit(0);
    }
    waitpid(child, &status, 0);
    dprintf(1, "the child ends with %d\n", status >> 8);
    return 0;
}
