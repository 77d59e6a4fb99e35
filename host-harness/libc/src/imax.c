/* inttypes.h: the widest integers are long. */
#include <inttypes.h>
#include <stdlib.h>

intmax_t imaxabs(intmax_t n)
{
    return n < 0 ? -n : n;
}

imaxdiv_t imaxdiv(intmax_t numerator, intmax_t denominator)
{
    imaxdiv_t result;

    result.quot = numerator / denominator;
    result.rem = numerator % denominator;
    return result;
}

intmax_t strtoimax(const char *s, char **end, int base)
{
    return strtol(s, end, base);
}

uintmax_t strtoumax(const char *s, char **end, int base)
{
    return strtoul(s, end, base);
}
