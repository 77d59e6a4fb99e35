/* exec with a search along PATH. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that the kernel does not know as a program is a script for the shell. */
static void run_script(const char *path, char *const argv[], char *const envp[])
{
    size_t count = 0, i;
    char **longer;

    while (argv[count])
        count++;
    longer = malloc((count + 2) * sizeof *longer);
    if (!longer)
        return;
    longer[0] = "/bin/sh";
    longer[1] = (char *)path;
    for (i = 1; i <= count; i++)
        longer[i + 1] = argv[i];
    if (count == 0)
        longer[2] = 0;
    execve(longer[0], longer, envp);
    free(longer);
}

static void try(const char *path, char *const argv[], char *const envp[])
{
    execve(path, argv, envp);
    if (errno == ENOEXEC)
        run_script(path, argv, envp);
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
    char path[PATH_MAX + NAME_MAX + 2];
    const char *directory = getenv("PATH");
    int denied = 0;

    if (!*file) {
        errno = ENOENT;
        return -1;
    }
    if (strchr(file, '/')) {
        try(file, argv, envp);
        return -1;
    }
    if (strlen(file) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!directory)
        directory = "/bin:/usr/bin";
    for (;;) {
        size_t n = (size_t)(strchrnul(directory, ':') - directory);

        if (n < PATH_MAX) {
            memcpy(path, directory, n);
            if (n)
                path[n++] = '/';
            strcpy(path + n, file);
            try(path, argv, envp);
            if (errno == EACCES)
                denied = 1;
            else if (errno != ENOENT && errno != ESTALE && errno != ENOTDIR && errno != ENODEV &&
                     errno != ETIMEDOUT)
                return -1;
        }
        directory = strchr(directory, ':');
        if (!directory)
            break;
        directory++;
    }
    /* Better to say that something was found and forbidden than that nothing was. */
    if (denied)
        errno = EACCES;
    return -1;
}

int execvp(const char *file, char *const argv[])
{
    return execvpe(file, argv, environ);
}
