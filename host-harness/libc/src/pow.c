/* Exponential functions, in pairs of doubles: a pair is the exact sum of its parts, the second far below the
   first, and so holds some 106 bits. Rounding the pair at the end is right but for cases too rare to meet. */
#include <bits/libc.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>

struct pair {
    double high;
    double low;
};

static struct pair make(double high, double low)
{
    struct pair p;

    p.high = high;
    p.low = low;
    return p;
}

/* a + b exactly, for |a| >= |b|. */
static struct pair add_ordered(double a, double b)
{
    double sum = a + b;

    return make(sum, b - (sum - a));
}

static struct pair add_exactly(double a, double b)
{
    double sum = a + b;
    double part = sum - a;

    return make(sum, (a - (sum - part)) + (b - part));
}

/* a * b exactly: each cut into two halves whose products fit. */
static struct pair multiply_exactly(double a, double b)
{
    double cut = 134217729.0; /* 2^27 + 1 */
    double product = a * b;
    double high_a = cut * a - (cut * a - a), low_a = a - high_a;
    double high_b = cut * b - (cut * b - b), low_b = b - high_b;

    return make(product,
                ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b);
}

static struct pair add(struct pair a, struct pair b)
{
    struct pair high = add_exactly(a.high, b.high);
    struct pair low = add_exactly(a.low, b.low);

    high = add_ordered(high.high, high.low + low.high);
    return add_ordered(high.high, high.low + low.low);
}

static struct pair multiply(struct pair a, struct pair b)
{
    struct pair p = multiply_exactly(a.high, b.high);

    return add_ordered(p.high, p.low + (a.high * b.low + a.low * b.high));
}

static struct pair divide(struct pair a, double b)
{
    double quotient = a.high / b;
    struct pair product = multiply_exactly(quotient, b);

    return add_ordered(quotient, (((a.high - product.high) - product.low) + a.low) / b);
}

static const struct pair log_2 = {0.6931471805599453, 2.3190468138462996e-17};

/* e^p = result * 2^*exponent, for |p| < 800. */
static struct pair exponential(struct pair p, int *exponent)
{
    double k = rint(p.high / log_2.high);
    struct pair r = add(p, multiply(make(-k, 0), log_2));
    struct pair sum = make(1, 0), term = make(1, 0);
    int i;

    *exponent = (int)k;
    /* The series for a 512th of r, without the 1; then e^2x - 1 = (e^x - 1) * (e^x - 1 + 2) nine times. */
    r = multiply(r, make(1.0 / 512, 0));
    sum = make(0, 0);
    for (i = 1; i <= 10; i++) {
        term = divide(multiply(term, r), i);
        sum = add(sum, term);
    }
    for (i = 0; i < 9; i++)
        sum = multiply(sum, add(sum, make(2, 0)));
    return add(sum, make(1, 0));
}

/* The logarithm of x > 0: a guess from its series, then one step of Newton's method, which doubles its digits. */
static struct pair logarithm(double x)
{
    int exponent, k, i;
    double m = frexp(x, &exponent);
    double s, square, power, guess = 0;
    struct pair e, result;

    if (m < 0.70710678118654757) {
        m *= 2;
        exponent--;
    }
    s = (m - 1) / (m + 1);
    square = s * s;
    power = 2 * s;
    for (i = 1; i < 32; i += 2) {
        guess += power / i;
        power *= square;
    }
    e = exponential(make(-guess, 0), &k);
    e = multiply(e, make(ldexp(m, k), 0));
    result = add(make(guess, 0), add(e, make(-1, 0)));
    return add(result, multiply(make(exponent, 0), log_2));
}

/* high + low, which a double cannot add when they lie near the end of its range. */
static double round_pair(struct pair p, int exponent)
{
    double result = ldexp(p.high + p.low, exponent);

    if (isinf(result) || result == 0)
        errno = ERANGE;
    return result;
}

/* x^n by squaring; the exponent is kept apart, so that nothing overflows on the way. */
static double integer_power(double x, uint64_t n, int inverse)
{
    int e;
    struct pair base = make(frexp(x, &e), 0), result = make(1, 0);
    long base_exponent = e, exponent = 0;

    for (; n; n >>= 1) {
        if (n & 1) {
            result = multiply(result, base);
            exponent += base_exponent;
            result.high = frexp(result.high, &e);
            result.low = ldexp(result.low, -e);
            exponent += e;
        }
        base = multiply(base, base);
        base_exponent *= 2;
        base.high = frexp(base.high, &e);
        base.low = ldexp(base.low, -e);
        base_exponent += e;
        if (exponent > 5000 || exponent < -5000)
            break;
    }
    if (inverse) {
        struct pair one = make(1, 0);
        double quotient = 1 / result.high;
        struct pair product = multiply(make(-quotient, 0), result);
        result = add_ordered(quotient, add(one, product).high * quotient);
        exponent = -exponent;
    }
    if (exponent > 5000 || exponent < -5000)
        exponent = exponent < 0 ? -5000 : 5000;
    return round_pair(result, (int)exponent);
}

/* Whether y is a whole number, and then whether an odd one: 0, 1 (even), 2 (odd). */
static int wholeness(double y)
{
    double half = y / 2;

    if (trunc(y) != y)
        return 0;
    return trunc(half) == half ? 1 : 2;
}

/* 0, 1 and the infinities as base. */
static double power_of_special(double x, double y, int whole)
{
    double size = fabs(x);
    double result;

    if (size == 1)
        return whole == 2 ? x : 1;
    if (x == 0 && y < 0)
        errno = ERANGE;
    result = (size < 1) == (y < 0) ? HUGE_VAL : 0;
    return whole == 2 && (x < 0 || 1 / x < 0) ? -result : result;
}

double pow(double x, double y)
{
    int whole = isfinite(y) ? wholeness(y) : 1;
    struct pair product;
    int exponent;

    if (y == 0 || x == 1)
        return 1;
    if (isnan(x) || isnan(y))
        return x + y;
    if (x == 0 || isinf(x) || fabs(x) == 1 || isinf(y))
        return power_of_special(x, y, whole);
    if (whole && fabs(y) < 9007199254740992.0)
        return integer_power(x, (uint64_t)fabs(y), y < 0);
    if (x < 0 && !whole)
        return __domain_error();
    product = logarithm(fabs(x));
    if (fabs(product.high) * fabs(y) > 800)
        return round_pair(make(1, 0), (product.high < 0) == (y < 0) ? 5000 : -5000);
    product = multiply(product, make(y, 0));
    product = exponential(product, &exponent);
    return round_pair(product, exponent);
}

double exp(double x)
{
    struct pair p;
    int exponent;

    if (isnan(x) || x == HUGE_VAL)
        return x;
    if (x == -HUGE_VAL)
        return 0;
    if (fabs(x) > 800)
        return round_pair(make(1, 0), x > 0 ? 5000 : -5000);
    p = exponential(make(x, 0), &exponent);
    return round_pair(p, exponent);
}

/* The logarithm to a base whose own natural logarithm has the inverse `scale`. */
static double log_to(double x, struct pair scale)
{
    struct pair p;

    if (isnan(x) || x == HUGE_VAL)
        return x;
    if (x == 0) {
        errno = ERANGE;
        return -HUGE_VAL;
    }
    if (x < 0)
        return __domain_error();
    p = multiply(logarithm(x), scale);
    return p.high + p.low;
}

double log(double x)
{
    return log_to(x, make(1, 0));
}

double log2(double x)
{
    return log_to(x, make(1.4426950408889634, 2.0355273740931033e-17));
}

double log10(double x)
{
    return log_to(x, make(0.4342944819032518, 1.098319650216765e-17));
}
