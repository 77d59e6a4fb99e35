/* What the kernel told the program when it began. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>

unsigned long getauxval(unsigned long type)
{
    unsigned long *entry;

    for (entry = __auxv; entry[0] != AT_NULL; entry += 2)
        if (entry[0] == type)
            return entry[1];
    errno = ENOENT;
    return 0;
}

/* Nothing from an environment that is not to be trusted. */
char *secure_getenv(const char *name)
{
    return getauxval(AT_SECURE) ? 0 : getenv(name);
}
