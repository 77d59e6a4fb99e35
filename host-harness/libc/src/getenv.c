/* Reads the environment. */
#include <bits/libc.h>
#include <stdlib.h>

char *getenv(const char *name)
{
    char **entry;
    size_t n = __strlen(name);
    size_t i;

    if (!environ || n == 0)
        return 0;
    for (entry = environ; *entry; entry++) {
        for (i = 0; i < n && (*entry)[i] == name[i]; i++)
            ;
        if (i == n && (*entry)[n] == '=')
            return *entry + n + 1;
    }
    return 0;
}
