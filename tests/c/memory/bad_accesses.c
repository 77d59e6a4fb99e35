/* Ways to die of SIGSEGV: constants, code as data, data as code, freed mappings, the guard page behind a buffer. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const int constant = 42;
static int array[4] = { 0xc3, 0xc3, 0xc3, 0xc3 };
static volatile int sink;

static int code(void)
{
    return 7;
}

static void write_constant(void)
{
    *(volatile int *)&constant = 43;
}

static void write_code(void)
{
    *(volatile char *)code = 0;
}

static void run_data(void)
{
    ((void (*)(void))array)();
}

static void use_after_munmap(void)
{
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    p[0] = 1;
    munmap(p, 4096);
    sink = *(volatile char *)p;
}

static void guard_page(void)
{
    char *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int i;

    mprotect(p + 4096, 4096, PROT_NONE);
    for (i = 0; i <= 4096; i++)
        ((volatile char *)p)[i] = 'x';
}

static void strcpy_null(void)
{
    char buf[10];

    strcpy(buf, *(char *volatile *)&(char *){ NULL });
}

static void index_far_away(void)
{
    volatile long far = 1L << 44;

    sink = array[far];
}

int main(void)
{
    struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        { "write a constant", write_constant },
        { "write into code", write_code },
        { "run data", run_data },
        { "use after munmap", use_after_munmap },
        { "guard page", guard_page },
        { "strcpy from NULL", strcpy_null },
        { "index far away", index_far_away },
        { NULL, NULL },
    }, *t;

    for (t = tests; t->name; t++) {
        int status;

        fflush(stdout);
        if (fork() == 0) {
            t->run();
            _exit(0);
        }
        wait(&status);
        printf("%-18s %s\n", t->name, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "survived");
    }
    return 0;
}
