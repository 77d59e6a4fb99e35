/* Text to whole numbers. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static int digit_value(int c)
{
    if (isdigit(c))
        return c - '0';
    return isalpha(c) ? tolower(c) - 'a' + 10 : 36;
}

/* The magnitude, ULONG_MAX with *overflow where it is too large. *end is s where there is no number. */
static unsigned long parse(const char *s, char **end, int base, int *negative, int *overflow)
{
    const char *p = s;
    unsigned long n = 0;
    int digit;

    *negative = *overflow = 0;
    if (base < 0 || base == 1 || base > 36) { /* not even *end is set */
        errno = EINVAL;
        return 0;
    }
    if (end)
        *end = (char *)s;
    while (isspace((unsigned char)*p))
        p++;
    *negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    if ((base == 0 || base == 16) && *p == '0' && (p[1] | 32) == 'x' && isxdigit((unsigned char)p[2])) {
        p += 2;
        base = 16;
    } else if (base == 0) {
        base = *p == '0' ? 8 : 10;
    }
    if (digit_value((unsigned char)*p) >= base)
        return 0;
    for (; (digit = digit_value((unsigned char)*p)) < base; p++) {
        if (n > (ULONG_MAX - (unsigned long)digit) / (unsigned long)base)
            *overflow = 1;
        else
            n = n * (unsigned long)base + (unsigned long)digit;
    }
    if (end)
        *end = (char *)p;
    return *overflow ? ULONG_MAX : n;
}

long strtol(const char *s, char **end, int base)
{
    int negative, overflow;
    unsigned long n = parse(s, end, base, &negative, &overflow);

    if (n > (unsigned long)LONG_MAX + (unsigned long)negative) {
        errno = ERANGE;
        return negative ? LONG_MIN : LONG_MAX;
    }
    return (long)(negative ? 0 - n : n);
}

unsigned long strtoul(const char *s, char **end, int base)
{
    int negative, overflow;
    unsigned long n = parse(s, end, base, &negative, &overflow);

    if (overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return negative ? 0 - n : n;
}

long long strtoll(const char *s, char **end, int base)
{
    return strtol(s, end, base);
}

unsigned long long strtoull(const char *s, char **end, int base)
{
    return strtoul(s, end, base);
}

int atoi(const char *s)
{
    return (int)strtol(s, 0, 10);
}

long atol(const char *s)
{
    return strtol(s, 0, 10);
}

long long atoll(const char *s)
{
    return strtol(s, 0, 10);
}
