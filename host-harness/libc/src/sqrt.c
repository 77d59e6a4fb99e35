/* The square root, bit by bit, and so exactly rounded. */
#include <bits/libc.h>
#include <math.h>
#include <stdint.h>

double sqrt(double x)
{
    uint64_t mantissa, root = 0, rest = 0;
    int exponent, i;

    if (isnan(x) || x == 0 || x == HUGE_VAL)
        return x;
    if (x < 0)
        return __domain_error();
    /* x = mantissa * 2^exponent with 53 or 54 bits and an even exponent */
    mantissa = (uint64_t)ldexp(frexp(x, &exponent), 53);
    exponent -= 53;
    if (exponent % 2) {
        mantissa *= 2;
        exponent--;
    }
    /* Each step brings down two bits of the mantissa, then of zeros, and finds one of the root's 54. */
    for (i = 52; i >= -54; i -= 2) {
        rest = rest << 2 | (i >= 0 ? mantissa >> i & 3 : 0);
        root <<= 1;
        if (rest > 2 * root) {
            rest -= 2 * root + 1;
            root++;
        }
    }
    /* The last bit rounds; a root is never exactly in the middle. */
    return ldexp((double)(root / 2 + root % 2), (exponent - 54) / 2 + 1);
}
