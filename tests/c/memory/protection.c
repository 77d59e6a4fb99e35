/* mprotect: a read-only page can be read, writing is SIGSEGV; PROT_NONE forbids both; the contents come back. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

static char *page;

static void try(const char *name, int write_it)
{
    int status;

    fflush(stdout);
    if (fork() == 0) {
        if (write_it)
            page[0] = 'J';
        _exit(page[0]);
    }
    wait(&status);
    if (WIFSIGNALED(status))
        printf("%s %s: %s\n", name, write_it ? "write" : "read", strsignal(WTERMSIG(status)));
    else
        printf("%s %s: %c\n", name, write_it ? "write" : "read", WEXITSTATUS(status));
}

int main(void)
{
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(page, "Hello");
    try("read-write", 0);
    try("read-write", 1);
    mprotect(page, 4096, PROT_READ);
    try("read-only", 0);
    try("read-only", 1);
    mprotect(page, 4096, PROT_NONE);
    try("none", 0);
    try("none", 1);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
    try("again", 1);
    printf("mine: %s\n", page);
    return 0;
}
