/* Finds bytes and strings in strings. */
#define _GNU_SOURCE
#include <ctype.h>
#include <string.h>

char *strchrnul(const char *s, int c)
{
    while (*s && *s != (char)c)
        s++;
    return (char *)s;
}

char *strchr(const char *s, int c)
{
    while (*s != (char)c)
        if (!*s++)
            return 0;
    return (char *)s;
}

char *strrchr(const char *s, int c)
{
    const char *last = 0;

    do
        if (*s == (char)c)
            last = s;
    while (*s++);
    return (char *)last;
}

char *index(const char *s, int c)
{
    return strchr(s, c);
}

char *rindex(const char *s, int c)
{
    return strrchr(s, c);
}

/* How many bytes of s, from its start, are in set (or, with in == 0, are not). */
static size_t span(const char *s, const char *set, int in)
{
    const char *p, *member;

    for (p = s; *p; p++) {
        for (member = set; *member && *member != *p; member++)
            ;
        if ((*member != 0) != in)
            break;
    }
    return (size_t)(p - s);
}

size_t strspn(const char *s, const char *accept)
{
    return span(s, accept, 1);
}

size_t strcspn(const char *s, const char *reject)
{
    return span(s, reject, 0);
}

char *strpbrk(const char *s, const char *accept)
{
    s += span(s, accept, 0);
    return *s ? (char *)s : 0;
}

char *strstr(const char *haystack, const char *needle)
{
    size_t i;

    for (;; haystack++) {
        for (i = 0; needle[i] && haystack[i] == needle[i]; i++)
            ;
        if (!needle[i])
            return (char *)haystack;
        if (!haystack[i])
            return 0;
    }
}

char *strcasestr(const char *haystack, const char *needle)
{
    size_t i;

    for (;; haystack++) {
        for (i = 0; needle[i] && tolower((unsigned char)haystack[i]) == tolower((unsigned char)needle[i]); i++)
            ;
        if (!needle[i])
            return (char *)haystack;
        if (!haystack[i])
            return 0;
    }
}
