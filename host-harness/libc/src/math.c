/* Rounding and taking doubles apart, on their bits. */
#include <bits/libc.h>
#include <math.h>
#include <stdint.h>

union bits {
    double value;
    uint64_t bits;
};

static int exponent_of(double x)
{
    union bits u;

    u.value = x;
    return (int)(u.bits >> 52 & 0x7ff) - 1023;
}

double fabs(double x)
{
    union bits u;

    u.value = x;
    u.bits &= ~(1UL << 63);
    return u.value;
}

double trunc(double x)
{
    union bits u;
    int exponent = exponent_of(x);

    u.value = x;
    if (exponent < 0)
        u.bits &= 1UL << 63;
    else if (exponent < 52)
        u.bits &= ~((1UL << (52 - exponent)) - 1);
    return u.value;
}

double floor(double x)
{
    double whole = trunc(x);

    return whole > x ? whole - 1 : whole;
}

double ceil(double x)
{
    double whole = trunc(x);

    /* Through a negation, since the ceiling of -0.5 is -0. */
    return whole < x ? -(-whole - 1) : whole;
}

double round(double x)
{
    double whole = trunc(x);

    if (fabs(x - whole) < 0.5)
        return whole;
    return whole + (x < 0 ? -1 : 1);
}

double rint(double x)
{
    double big = 4503599627370496.0; /* 2^52: adding it rounds to a whole number, to even */
    double result;

    if (!(fabs(x) < big))
        return x;
    result = x < 0 ? (x - big) + big : (x + big) - big;
    return result == 0 ? trunc(x / 4) : result; /* keeps the sign of 0 */
}

long lround(double x)
{
    return (long)round(x);
}

double modf(double x, double *integral)
{
    union bits u, sign;

    *integral = trunc(x);
    if (isinf(x)) {
        u.value = 0;
    } else {
        u.value = x - *integral;
    }
    sign.value = x;
    u.bits |= sign.bits & 1UL << 63;
    return u.value;
}

double frexp(double x, int *exponent)
{
    union bits u;

    *exponent = 0;
    if (x == 0 || !isfinite(x))
        return x;
    u.value = x;
    if (!(u.bits >> 52 & 0x7ff)) { /* denormal */
        u.value = x * 18014398509481984.0; /* 2^54 */
        *exponent = -54;
    }
    *exponent += (int)(u.bits >> 52 & 0x7ff) - 1022;
    u.bits = (u.bits & ~(0x7ffUL << 52)) | 1022UL << 52;
    return u.value;
}

double ldexp(double x, int exponent)
{
    union bits power;

    for (; exponent > 1023; exponent -= 1023) {
        power.bits = 2046UL << 52;
        x *= power.value;
        if (!isfinite(x) || x == 0)
            return x;
    }
    /* Small steps stop above the denormals, so that only the last one rounds. */
    for (; exponent < -969; exponent += 969) {
        power.bits = (uint64_t)(1023 - 969) << 52;
        x *= power.value;
        if (x == 0)
            return x;
    }
    power.bits = (uint64_t)(exponent + 1023) << 52;
    return x * power.value;
}

/* x modulo y by long division: the largest y * 2^n that fits is taken away, again and again. */
double fmod(double x, double y)
{
    double rest = fabs(x), step;
    int exponent, least;

    y = fabs(y);
    if (isnan(x) || isnan(y))
        return x + y;
    if (isinf(x) || y == 0)
        return __domain_error();
    frexp(y, &least);
    while (rest >= y) {
        frexp(rest, &exponent);
        step = ldexp(y, exponent - least);
        if (!(step <= rest))
            step = ldexp(y, exponent - least - 1);
        rest -= step;
    }
    return x < 0 || (x == 0 && 1 / x < 0) ? -rest : rest;
}

double fmax(double x, double y)
{
    return isnan(y) || x > y ? x : y;
}

double fmin(double x, double y)
{
    return isnan(y) || x < y ? x : y;
}
