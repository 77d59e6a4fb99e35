/* How a new program finds argc, argv, environ, the auxiliary vector and its strings on the stack. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

static char *behind(char *string)
{
    return string + strlen(string) + 1;
}

static void look(int argc, char **argv, char **envp)
{
    unsigned long *aux, kind = 0, last = 0;
    char *random = (char *)getauxval(AT_RANDOM), *path = (char *)getauxval(AT_EXECFN);
    int i, envc;

    printf("argc %d, its place a multiple of 16: %d\n", argc, (unsigned long)(argv - 1) % 16 == 0);
    printf("argc lies before argv: %d\n", (int)((long *)argv)[-1] == argc);
    for (i = 0; i < argc; i++)
        printf("argv[%d] \"%s\"%s\n", i, i ? argv[i] : "...", i && argv[i] == behind(argv[i - 1]) ? ", behind the last" : "");
    printf("argv[argc] is NULL: %d\n", argv[argc] == NULL);
    printf("envp lies behind: %d, environ is the same: %d\n", envp == argv + argc + 1, environ == envp);
    for (envc = 0; envp[envc]; envc++)
        printf("envp[%d] \"%s\"%s\n", envc, envp[envc],
               envp[envc] == behind(envc ? envp[envc - 1] : argv[argc - 1]) ? ", behind the last" : "");
    printf("the path is the highest string: %d, and what was executed: %d\n",
           path == behind(envc ? envp[envc - 1] : argv[argc - 1]), strcmp(path, argv[0]) == 0);
    printf("eight bytes of nothing up to the end of a page: %d\n", ((unsigned long)behind(path) + 8) % 4096 == 0);
    printf("random bytes below the strings: %d\n", random + 16 <= argv[0] && random > (char *)(envp + envc));
    for (aux = (unsigned long *)(envp + envc + 1); aux[0] != AT_NULL; aux += 2) {
        kind |= aux[0] < 64 ? 1UL << aux[0] : 0;
        last = aux[0];
    }
    (void)last;
    printf("the vector has page size %d, users %d %d %d %d, secure %d, random %d, path %d\n", (int)(kind >> AT_PAGESZ & 1),
           (int)(kind >> AT_UID & 1), (int)(kind >> AT_EUID & 1), (int)(kind >> AT_GID & 1), (int)(kind >> AT_EGID & 1),
           (int)(kind >> AT_SECURE & 1), (int)(kind >> AT_RANDOM & 1), (int)(kind >> AT_EXECFN & 1));
    printf("page %lu, tick %lu, secure %lu\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_SECURE));
    printf("users: %d\n", getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid() &&
                              getauxval(AT_GID) == getgid() && getauxval(AT_EGID) == getegid());
    printf("no such kind: %lu\n", getauxval(4000));
    fflush(stdout);
}

int main(int argc, char **argv, char **envp)
{
    char *const none[] = {NULL};

    if (argc > 1) {
        look(argc, argv, envp);
        return 0;
    }
    if (fork() == 0) {
        char *const some[] = {argv[0], "one", "", "a longer one", NULL}, *const environment[] = {"FIRST=1", "no sign", "", "X=", NULL};

        execve(argv[0], some, environment);
        _exit(1);
    }
    wait(NULL);
    if (fork() == 0) {
        char *const two[] = {argv[0], "alone", NULL};

        execve(argv[0], two, none);
        _exit(1);
    }
    wait(NULL);
    return 0;
}
