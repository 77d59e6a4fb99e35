/* The names that BSD gave to the same things. */
#include <string.h>

int bcmp(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n);
}

void bcopy(const void *from, void *to, size_t n)
{
    memmove(to, from, n);
}

void bzero(void *s, size_t n)
{
    memset(s, 0, n);
}

int ffs(int n)
{
    int i;

    for (i = 1; i <= 32; i++)
        if ((unsigned int)n >> (i - 1) & 1)
            return i;
    return 0;
}
