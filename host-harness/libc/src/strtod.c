/* Text to double and float, rounded once from the exact decimal value. */
#include <bits/decimal.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

/* A binary format: its mantissa's bits and the exponents of its last bit. */
struct format {
    int bits;
    int least;
    int greatest;
    int exact_digits; /* numbers of so many digits are exact */
    int exact_power;  /* as are powers of ten up to this */
};

static const struct format double_format = {53, -1074, 971, 15, 22};
static const struct format float_format = {24, -149, 104, 7, 10};

enum { MOST_DIGITS = 800 }; /* no halfway point between two doubles has more */

static double power_of_two(int exponent)
{
    union {
        double value;
        uint64_t bits;
    } u;

    u.bits = (uint64_t)(exponent + 1023) << 52;
    return u.value;
}

/* mantissa * 2^exponent, which the format can hold. */
static double assemble(uint64_t mantissa, int exponent)
{
    double value = (double)mantissa;

    for (; exponent > 1000; exponent -= 900)
        value *= power_of_two(900);
    for (; exponent < -1000; exponent += 900)
        value *= power_of_two(-900);
    return value * power_of_two(exponent);
}

static uint64_t whole_part(const struct __decimal *d)
{
    uint64_t n = 0;
    int i;

    for (i = d->first; i < DECIMAL_POINT; i++)
        n = n * DECIMAL_BASE + (i < d->end ? d->limb[i] : 0);
    return n;
}

/* Rounds d, which is not 0, to the nearest number of the format. */
static double round_decimal(struct __decimal *d, const struct format *format)
{
    uint64_t limit = (uint64_t)1 << format->bits;
    uint64_t mantissa;
    int exponent = 0, rest;

    /* 10^15..10^16 is near 2^53: from there single steps find the exact place. */
    for (; __decimal_exponent(d) > 15; exponent += 9)
        __decimal_scale(d, -9);
    for (; __decimal_exponent(d) < 6; exponent -= 29)
        __decimal_scale(d, 29);
    for (; whole_part(d) < limit / 2; exponent--)
        __decimal_scale(d, 1);
    for (; whole_part(d) >= limit; exponent++)
        __decimal_scale(d, -1);
    if (exponent < format->least) {
        __decimal_scale(d, exponent - format->least);
        exponent = format->least;
    }
    mantissa = whole_part(d);
    rest = __decimal_rest(d, 0);
    if (rest > 0 || (rest == 0 && mantissa & 1))
        mantissa++;
    if (mantissa == limit) {
        mantissa /= 2;
        exponent++;
    }
    if (rest != -2 && mantissa < limit / 2)
        errno = ERANGE;
    if (exponent > format->greatest) {
        errno = ERANGE;
        return HUGE_VAL;
    }
    return assemble(mantissa, exponent);
}

/* What stands in a decimal number: its digits without leading zeros, the power of ten of the last one. */
struct digits {
    char digit[MOST_DIGITS];
    int count;
    int power;
};

static void add_digit(struct digits *digits, int digit, int fraction)
{
    if (digits->count == 0 && digit == 0) {
        digits->power -= fraction;
    } else if (digits->count < MOST_DIGITS) {
        digits->digit[digits->count++] = (char)digit;
        digits->power -= fraction;
    } else {
        /* Beyond, only whether anything follows can matter. */
        if (digit)
            digits->digit[MOST_DIGITS - 1] |= 1;
        digits->power += !fraction;
    }
}

static void to_decimal(const struct digits *digits, struct __decimal *d)
{
    static const uint32_t place[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    int top = digits->power + digits->count - 1;
    int i, power, limb;

    d->first = DECIMAL_POINT - 1 - (top + 9000) / 9 + 1000;
    d->end = d->first;
    for (i = 0; i < digits->count; i++) {
        power = top - i;
        limb = DECIMAL_POINT - 1 - (power + 9000) / 9 + 1000;
        if (limb >= d->end) {
            d->end = limb + 1;
            d->limb[limb] = 0;
        }
        d->limb[limb] += (uint32_t)digits->digit[i] * place[(power + 9000) % 9];
    }
    __decimal_trim(d);
}

static double convert(const struct digits *digits, const struct format *format)
{
    struct __decimal d;
    uint64_t n = 0;
    double ten = 1;
    int i;

    if (digits->count == 0)
        return 0;
    if (digits->count + digits->power > 310 || digits->count + digits->power < -330) {
        errno = ERANGE;
        return digits->power < 0 ? 0 : HUGE_VAL;
    }
    if (digits->count <= format->exact_digits && digits->power <= format->exact_power &&
        digits->power >= -format->exact_power) {
        for (i = 0; i < digits->count; i++)
            n = 10 * n + (uint64_t)digits->digit[i];
        for (i = digits->power; i; i += i < 0 ? 1 : -1)
            ten *= 10;
        if (format == &float_format)
            return digits->power < 0 ? (float)n / (float)ten : (float)n * (float)ten;
        return digits->power < 0 ? (double)n / ten : (double)n * ten;
    }
    to_decimal(digits, &d);
    return round_decimal(&d, format);
}

/* An exponent behind its letter: its value, and *s behind it; nothing moves where there are no digits. */
static int parse_exponent(const char **s)
{
    const char *p = *s + 1;
    int negative = *p == '-';
    int n = 0;

    if (*p == '-' || *p == '+')
        p++;
    if (!isdigit((unsigned char)*p))
        return 0;
    for (; isdigit((unsigned char)*p); p++)
        if (n < 100000)
            n = 10 * n + (*p - '0');
    *s = p;
    return negative ? -n : n;
}

static double parse_decimal(const char **s, const struct format *format)
{
    struct digits digits;
    const char *p = *s;
    int fraction = 0, any = 0;

    digits.count = 0;
    digits.power = 0;
    for (;; p++) {
        if (isdigit((unsigned char)*p)) {
            any = 1;
            add_digit(&digits, *p - '0', fraction);
        } else if (*p == '.' && !fraction) {
            fraction = 1;
        } else {
            break;
        }
    }
    if (!any)
        return 0;
    if (*p == 'e' || *p == 'E')
        digits.power += parse_exponent(&p);
    *s = p;
    return convert(&digits, format);
}

static int hex_digit(int c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? (c | 32) - 'a' + 10 : -1;
}

/* Behind 0x. The bits beyond 60 only count as "more than nothing". */
static double parse_hexadecimal(const char **s, const struct format *format)
{
    const char *p = *s + 2;
    uint64_t mantissa = 0, rest;
    int exponent = 0, fraction = 0, any = 0, shift, digit;

    for (;; p++) {
        digit = hex_digit((unsigned char)*p);
        if (*p == '.' && !fraction) {
            fraction = 1;
        } else if (digit < 0) {
            break;
        } else {
            any = 1;
            if (mantissa >> 56) {
                mantissa |= digit != 0;
                exponent += fraction ? 0 : 4;
            } else {
                mantissa = mantissa << 4 | (uint64_t)digit;
                exponent -= fraction ? 4 : 0;
            }
        }
    }
    if (!any) { /* just the 0 */
        *s += 1;
        return 0;
    }
    if (*p == 'p' || *p == 'P')
        exponent += parse_exponent(&p);
    *s = p;
    if (!mantissa)
        return 0;
    for (shift = 0; mantissa >> (format->bits + shift);)
        shift++;
    if (exponent + shift < format->least)
        shift = format->least - exponent < 63 ? format->least - exponent : 63;
    if (shift > 0) {
        rest = mantissa & (((uint64_t)1 << shift) - 1);
        mantissa >>= shift;
        exponent += shift;
        if (rest > (uint64_t)1 << (shift - 1) || (rest == (uint64_t)1 << (shift - 1) && mantissa & 1))
            mantissa++;
        if (rest && mantissa < (uint64_t)1 << (format->bits - 1))
            errno = ERANGE;
    }
    while (exponent > format->greatest && mantissa < (uint64_t)1 << (format->bits - 1)) {
        mantissa <<= 1;
        exponent--;
    }
    if (exponent > format->greatest) {
        errno = ERANGE;
        return HUGE_VAL;
    }
    return exponent < format->least ? 0 : assemble(mantissa, exponent);
}

static double parse(const char *s, char **end, const struct format *format)
{
    const char *start = s;
    const char *number;
    double value;
    int negative;

    while (isspace((unsigned char)*s))
        s++;
    negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    number = s;
    if (strncasecmp(s, "inf", 3) == 0) {
        s += strncasecmp(s, "infinity", 8) == 0 ? 8 : 3;
        value = HUGE_VAL;
    } else if (strncasecmp(s, "nan", 3) == 0) {
        s += 3;
        value = __nan();
    } else if (*s == '0' && (s[1] | 32) == 'x') {
        value = parse_hexadecimal(&s, format);
    } else {
        value = parse_decimal(&s, format);
    }
    if (end)
        *end = (char *)(s == number ? start : s);
    return negative ? -value : value;
}

double strtod(const char *s, char **end)
{
    return parse(s, end, &double_format);
}

float strtof(const char *s, char **end)
{
    return (float)parse(s, end, &float_format);
}

double atof(const char *s)
{
    return parse(s, 0, &double_format);
}
