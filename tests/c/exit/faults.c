/*
 * What a process can do wrong, and the signal that ends it.
 * (Not 1 / zero: even without -O gcc turns a division of 1 into comparisons, and nothing traps.)
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static volatile int zero = 0, minus_one = -1, most_negative = INT_MIN;
static int *volatile null = NULL;
static char *volatile literal = "constant";
static void (*volatile nowhere)(void);
static volatile int sink;

static void divide_by_zero(void)   { sink = 10 / zero; }
static void remainder_by_zero(void) { sink = 7 % zero; }
static void divide_overflow(void)  { sink = most_negative / minus_one; }
static void read_null(void)        { sink = *null; }
static void write_null(void)       { *null = 1; }
static void null_member(void)      { sink = null[100]; }
static void write_literal(void)    { literal[0] = 'C'; }
static void call_null(void)        { nowhere(); }
static void wild_pointer(void)     { sink = *(volatile char *)0x123456789abcUL; }
static void non_canonical(void)    { sink = *(volatile char *)0xdead00000000beefUL; }
static void do_abort(void)         { abort(); }
static void do_raise(void)         { raise(SIGUSR1); }

static const struct {
    const char *name;
    void (*run)(void);
} mistakes[] = {
    { "10 / 0", divide_by_zero },
    { "7 % 0", remainder_by_zero },
    { "INT_MIN / -1", divide_overflow },
    { "read through NULL", read_null },
    { "write through NULL", write_null },
    { "member of NULL", null_member },
    { "write to a string literal", write_literal },
    { "call of NULL", call_null },
    { "wild pointer", wild_pointer },
    { "non-canonical address", non_canonical },
    { "abort()", do_abort },
    { "raise(SIGUSR1)", do_raise },
};

int main(void)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        int status;

        if (fork() == 0) {
            mistakes[i].run();
            exit(0);
        }
        wait(&status);
        if (WIFSIGNALED(status))
            printf("%-26s signal %2d (%s)\n", mistakes[i].name, WTERMSIG(status), strsignal(WTERMSIG(status)));
        else
            printf("%-26s exit code %d\n", mistakes[i].name, WEXITSTATUS(status));
    }
    return 0;
}
