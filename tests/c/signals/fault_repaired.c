/* The handler of SIGSEGV learns the address, makes the page writable, and the instruction is done again. */
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
static int faults;

static void handler(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    faults++;
    printf("fault at +%d, code %d\n", (int)((char *)info->si_addr - page), info->si_code);
    mprotect((char *)((unsigned long)info->si_addr & ~4095UL), 4096, PROT_READ | PROT_WRITE);
}

int main(void)
{
    struct sigaction action = {0};

    page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    page[5] = 'x';
    page[4100] = 'y';
    printf("%c%c after %d fault\n", page[5], page[4100], faults);
    return 0;
}
