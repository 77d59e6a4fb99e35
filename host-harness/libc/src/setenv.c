/* Changes the environment. */
#include <bits/libc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The array that the library has allocated; the first one came with the process. */
static char **own;

static int is_name(const char *name)
{
    if (name && *name && !strchr(name, '='))
        return 1;
    errno = EINVAL;
    return 0;
}

/* The place of name's entry, or of the null that ends the array. */
static char **find(const char *name, size_t n)
{
    char **entry;

    for (entry = environ; entry && *entry; entry++)
        if (strncmp(*entry, name, n) == 0 && (*entry)[n] == '=')
            break;
    return entry;
}

static int append(char *assignment)
{
    size_t count = 0;
    char **longer;

    while (environ && environ[count])
        count++;
    longer = realloc(environ == own ? own : 0, (count + 2) * sizeof *longer);
    if (!longer)
        return -1;
    if (environ != own && count)
        memcpy(longer, environ, count * sizeof *longer);
    longer[count] = assignment;
    longer[count + 1] = 0;
    environ = own = longer;
    return 0;
}

/* assignment is NAME=VALUE, of which n bytes are the name. */
static int assign(char *assignment, size_t n)
{
    char **entry = find(assignment, n);

    if (!entry || !*entry)
        return append(assignment);
    *entry = assignment;
    return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
    size_t n;
    char **entry;
    char *assignment;

    if (!is_name(name))
        return -1;
    n = strlen(name);
    entry = find(name, n);
    if (entry && *entry && !overwrite)
        return 0;
    assignment = malloc(n + strlen(value) + 2);
    if (!assignment)
        return -1;
    strcpy(stpcpy(stpcpy(assignment, name), "="), value);
    return assign(assignment, n);
}

int unsetenv(const char *name)
{
    size_t n;
    char **entry;

    if (!is_name(name))
        return -1;
    n = strlen(name);
    while ((entry = find(name, n)) && *entry)
        for (; *entry; entry++)
            *entry = entry[1];
    return 0;
}

int putenv(char *assignment)
{
    char *equals = strchr(assignment, '=');

    if (!equals)
        return unsetenv(assignment);
    return assign(assignment, (size_t)(equals - assignment));
}

int clearenv(void)
{
    environ = 0;
    return 0;
}
