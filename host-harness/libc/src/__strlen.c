/* strlen for the library's own use. */
#include <bits/libc.h>

unsigned long __strlen(const char *s)
{
    const char *end = s;

    while (*end)
        end++;
    return (unsigned long)(end - s);
}
