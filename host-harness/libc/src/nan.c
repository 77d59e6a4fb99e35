/* The results that are no numbers. */
#include <errno.h>
#include <math.h>
#include <stdint.h>

static double from_bits(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } u;

    u.bits = bits;
    return u.value;
}

float __nan(void)
{
    return (float)from_bits(0x7ff8UL << 48);
}

/* What an x86 computes where there is no answer has its sign bit set. */
double __domain_error(void)
{
    errno = EDOM;
    return from_bits(0xfff8UL << 48);
}
