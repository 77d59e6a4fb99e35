/* How long one argument may be, and all of them together; what is refused before it is read. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST = 131072, PIECE = 65536, MOST = 128 };

static char *pieces[MOST + 1];

static void try(const char *what, const char *path, char *const *argv, char *const *envp)
{
    int status;

    fflush(stdout);
    if (fork() == 0) {
        syscall(SYS_execve, path, argv, envp);
        printf("%s: %s\n", what, strerror(errno));
        fflush(stdout);
        _exit(1);
    }
    wait(&status);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        printf("%s: done\n", what);
    else if (WIFSIGNALED(status))
        printf("%s: %s\n", what, strsignal(WTERMSIG(status)));
}

/* An argument of so many bytes, its NUL included. */
static char *of(size_t bytes)
{
    char *string = malloc(bytes);

    memset(string, 'x', bytes - 1);
    string[bytes - 1] = 0;
    return string;
}

/* Arguments that take so many bytes with the path and the pointers to them. */
static void all(const char *what, size_t bytes)
{
    char *none[] = {NULL};
    size_t left = bytes - sizeof "/bin/true", count = 0;

    while (left > 0) {
        size_t size = left > PIECE + 8 ? PIECE : left - 8;

        pieces[count++] = of(size);
        left -= size + 8;
    }
    pieces[count] = NULL;
    try(what, "/bin/true", pieces, none);
    while (count > 0)
        free(pieces[--count]);
}

static void stack(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_STACK, &limit);
}

int main(void)
{
    char *two[] = {"true", NULL, NULL}, *none[] = {NULL}, *bad[] = {(char *)16, NULL};
    char path[5000];

    two[1] = of(LONGEST);
    try("one of 131072", "/bin/true", two, none);
    try("the same in the environment", "/bin/true", none, two);
    two[1] = of(LONGEST + 1);
    try("one of 131073", "/bin/true", two, none);
    stack(2 << 20);
    all("a quarter of the stack", 2 << 18);
    all("a byte more", (2 << 18) + 1);
    stack(256 << 10);
    all("at least 128 KiB", 128 << 10);
    all("a byte more", (128 << 10) + 1);
    stack(64 << 20);
    all("at most 6 MiB", 6 << 20);
    all("a byte more", (6 << 20) + 1);
    stack(8 << 20);

    try("argv nowhere", "/bin/true", (char **)16, none);
    try("an argument nowhere", "/bin/true", bad, none);
    try("environ nowhere", "/bin/true", none, (char **)16);
    try("a variable nowhere", "/bin/true", none, bad);
    try("the path nowhere", (char *)16, none, none);
    try("no such file, before the arguments", "/no/such/file", (char **)16, none);
    try("the environment before the arguments", "/bin/true", two, bad);
    memset(path, 'p', sizeof path);
    path[4096] = 0;
    try("a path of 4097", path, none, none);
    path[4095] = 0;
    path[0] = '/';
    try("an empty path", "", none, none);
    return 0;
}
