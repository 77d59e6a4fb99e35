/* Blocks of bytes. */
#define _GNU_SOURCE
#include <string.h>

void *memcpy(void *to, const void *from, size_t n)
{
    __builtin_memcpy(to, from, n);
    return to;
}

void *mempcpy(void *to, const void *from, size_t n)
{
    __builtin_memcpy(to, from, n);
    return (char *)to + n;
}

void *memset(void *s, int c, size_t n)
{
    __builtin_memset(s, c, n);
    return s;
}

/* From the end that keeps the bytes of an overlap alive until they are copied. */
void *memmove(void *to, const void *from, size_t n)
{
    char *t = to;
    const char *f = from;
    size_t i;

    if (t + n <= f || f + n <= t) {
        __builtin_memcpy(to, from, n);
    } else if (t < f) {
        for (i = 0; i < n; i++)
            t[i] = f[i];
    } else {
        while (n--)
            t[n] = f[n];
    }
    return to;
}

void *memccpy(void *to, const void *from, int c, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    while (n--)
        if ((*t++ = *f++) == (unsigned char)c)
            return t;
    return 0;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;

    for (; n; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *memchr(const void *s, int c, size_t n)
{
    const unsigned char *p = s;

    for (; n; n--, p++)
        if (*p == (unsigned char)c)
            return (void *)p;
    return 0;
}

void *memrchr(const void *s, int c, size_t n)
{
    const unsigned char *p = s;

    while (n--)
        if (p[n] == (unsigned char)c)
            return (void *)(p + n);
    return 0;
}

void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length)
{
    const char *p = haystack;

    for (; haystack_length >= needle_length; haystack_length--, p++)
        if (memcmp(p, needle, needle_length) == 0)
            return (void *)p;
    return 0;
}
