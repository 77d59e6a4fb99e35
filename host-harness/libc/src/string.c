/* Strings: length, copying, joining, comparing. */
#include <string.h>

size_t strlen(const char *s)
{
    const char *end = s;

    while (*end)
        end++;
    return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n && s[i]; i++)
        ;
    return i;
}

char *stpcpy(char *to, const char *from)
{
    while ((*to = *from)) {
        to++;
        from++;
    }
    return to;
}

char *strcpy(char *to, const char *from)
{
    char *start = to;

    while ((*to++ = *from++))
        ;
    return start;
}

/* Exactly n bytes, filled up with zeros; the first zero, or to + n. */
char *stpncpy(char *to, const char *from, size_t n)
{
    size_t i, end;

    for (i = 0; i < n && from[i]; i++)
        to[i] = from[i];
    for (end = i; i < n; i++)
        to[i] = 0;
    return to + end;
}

char *strncpy(char *to, const char *from, size_t n)
{
    stpncpy(to, from, n);
    return to;
}

char *strcat(char *to, const char *from)
{
    char *end = to;

    while (*end)
        end++;
    while ((*end++ = *from++))
        ;
    return to;
}

char *strncat(char *to, const char *from, size_t n)
{
    char *end = to;

    while (*end)
        end++;
    for (; n && *from; n--)
        *end++ = *from++;
    *end = 0;
    return to;
}

int strcmp(const char *a, const char *b)
{
    for (; *a && *a == *b; b++)
        a++;
    return (unsigned char)*a - (unsigned char)*b;
}

int strcoll(const char *a, const char *b)
{
    return strcmp(a, b);
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n && *a && *a == *b; n--) {
        a++;
        b++;
    }
    return n ? (unsigned char)*a - (unsigned char)*b : 0;
}
