/* %f %e %g %a: the exact value, rounded once, to even where it lies in the middle. */
#include <bits/decimal.h>
#include <bits/printf.h>
#include <stdlib.h>

enum { SMALL = 400 }; /* digits that need no malloc: any %f of a usual precision */

static int bits_of(double value, uint64_t *mantissa, int *exponent)
{
    union {
        double value;
        uint64_t bits;
    } u;

    u.value = value;
    *mantissa = u.bits & ((1UL << 52) - 1);
    *exponent = (int)(u.bits >> 52 & 0x7ff);
    return (int)(u.bits >> 63);
}

static int sign_of(const struct __conversion *c, int negative, char *prefix)
{
    if (!negative && !c->plus && !c->space)
        return 0;
    *prefix = negative ? '-' : c->plus ? '+' : ' ';
    return 1;
}

/* Writes the digits from 10^from down to 10^to, rounded. When rounding makes one more in front, *from counts it. */
static int write_digits(const struct __decimal *d, int *from, int to, char *s)
{
    int n = 0, power, rest, i;

    for (power = *from; power >= to; power--)
        s[n++] = (char)('0' + __decimal_digit(d, power));
    rest = __decimal_rest(d, to);
    if (rest < 0 || (rest == 0 && !(n > 0 && s[n - 1] & 1)))
        return n;
    for (i = n - 1; i >= 0 && s[i] == '9'; i--)
        s[i] = '0';
    if (i >= 0) {
        s[i]++;
        return n;
    }
    for (i = n; i > 0; i--)
        s[i] = s[i - 1];
    s[0] = '1';
    ++*from;
    return n + 1;
}

static int put_exponent(char *s, char letter, int exponent)
{
    int n = 0;

    s[n++] = letter;
    s[n++] = exponent < 0 ? '-' : '+';
    if (exponent < 0)
        exponent = -exponent;
    if (exponent >= 100)
        s[n++] = (char)('0' + exponent / 100);
    s[n++] = (char)('0' + exponent / 10 % 10);
    s[n++] = (char)('0' + exponent % 10);
    return n;
}

/* Moves the digits behind the first `whole` one place on, to make room for the point. */
static int insert_point(char *s, int n, int whole)
{
    int i;

    for (i = n; i > whole; i--)
        s[i] = s[i - 1];
    s[whole] = '.';
    return n + 1;
}

static int without_zeros(const char *s, int n, int least)
{
    while (n > least && s[n - 1] == '0')
        n--;
    return n;
}

/* digits of which the first counts 10^power, as 1.234e+56 */
static int exponent_form(char *s, int n, int power, int point, char letter)
{
    if (n > 1 || point)
        n = insert_point(s, n, 1);
    return n + put_exponent(s + n, letter, power);
}

static int format_fixed(const struct __decimal *d, const struct __conversion *c, int precision, char *s)
{
    int from = __decimal_exponent(d);
    int n;

    if (from < 0)
        from = 0;
    n = write_digits(d, &from, -precision, s);
    return precision > 0 || c->alternate ? insert_point(s, n, from + 1) : n;
}

static int format_exponent(const struct __decimal *d, const struct __conversion *c, int precision, char *s)
{
    int from = __decimal_exponent(d);
    int n = write_digits(d, &from, from - precision, s);

    return exponent_form(s, precision + 1 < n ? precision + 1 : n, from, c->alternate, c->letter);
}

/* precision significant digits, in whichever form is shorter, without trailing zeros. */
static int format_general(const struct __decimal *d, const struct __conversion *c, int precision, char *s)
{
    int from, n, i;

    if (precision == 0)
        precision = 1;
    from = __decimal_exponent(d);
    n = write_digits(d, &from, from - precision + 1, s);
    if (n > precision)
        n = precision;
    if (from < -4 || from >= precision) {
        if (!c->alternate)
            n = without_zeros(s, n, 1);
        return exponent_form(s, n, from, c->alternate, c->letter == 'g' ? 'e' : 'E');
    }
    if (from < 0) { /* zeros in front, up to that of the units */
        for (i = n - 1; i >= 0; i--)
            s[i - from] = s[i];
        for (i = 0; i < -from; i++)
            s[i] = '0';
        n -= from;
        from = 0;
    }
    if (!c->alternate)
        n = without_zeros(s, n, from + 1);
    return n > from + 1 || c->alternate ? insert_point(s, n, from + 1) : n;
}

static int format_decimal(struct __sink *sink, struct __conversion *c, double value, const char *prefix,
                          int prefix_length)
{
    struct __decimal d;
    char small[SMALL];
    char *s = small;
    int precision = c->precision < 0 ? 6 : c->precision;
    int n;

    __decimal_from_double(&d, value);
    if (precision > SMALL - 330) {
        s = malloc((size_t)precision + 330);
        if (!s)
            return -1;
    }
    if (c->letter == 'f' || c->letter == 'F')
        n = format_fixed(&d, c, precision, s);
    else if (c->letter == 'e' || c->letter == 'E')
        n = format_exponent(&d, c, precision, s);
    else
        n = format_general(&d, c, precision, s);
    n = __sink_field(sink, c, prefix, prefix_length, 0, s, n);
    if (s != small)
        free(s);
    return n;
}

/* Keeps `precision` of the 13 hexadecimal digits behind the point, rounded; below 0: as many as needed. The number kept. */
static int round_hexadecimal(uint64_t *mantissa, int precision)
{
    uint64_t unit, rest;
    int digits = 13;

    if (precision >= 13)
        return 13;
    if (precision < 0) {
        while (digits > 0 && !(*mantissa >> (52 - 4 * digits) & 15))
            digits--;
        return digits;
    }
    unit = 1UL << (52 - 4 * precision);
    rest = *mantissa & (unit - 1);
    *mantissa -= rest;
    if (rest > unit / 2 || (rest == unit / 2 && *mantissa & unit))
        *mantissa += unit;
    return precision;
}

static int put_binary_exponent(char *s, char letter, int exponent)
{
    char digits[4];
    int n = 0, count = 0;

    s[n++] = letter;
    s[n++] = exponent < 0 ? '-' : '+';
    if (exponent < 0)
        exponent = -exponent;
    do
        digits[count++] = (char)('0' + exponent % 10);
    while (exponent /= 10);
    while (count > 0)
        s[n++] = digits[--count];
    return n;
}

/* %a: the bits themselves. */
static int format_hexadecimal(struct __sink *sink, struct __conversion *c, double value, char *prefix,
                              int prefix_length)
{
    const char *symbols = c->letter == 'a' ? "0123456789abcdef" : "0123456789ABCDEF";
    char small[SMALL];
    char *s = small;
    uint64_t mantissa;
    int exponent, digits, n = 0, i;

    if (c->precision > SMALL - 32) {
        s = malloc((size_t)c->precision + 32);
        if (!s)
            return -1;
    }
    bits_of(value, &mantissa, &exponent);
    if (exponent)
        mantissa |= 1UL << 52;
    else
        exponent = mantissa ? 1 : 1023;
    digits = round_hexadecimal(&mantissa, c->precision);
    prefix[prefix_length++] = '0';
    prefix[prefix_length++] = c->letter == 'a' ? 'x' : 'X';
    s[n++] = (char)('0' + (mantissa >> 52));
    if (digits > 0 || c->alternate)
        s[n++] = '.';
    for (i = 1; i <= digits; i++)
        s[n++] = symbols[mantissa >> (52 - 4 * i) & 15];
    for (; i <= c->precision; i++)
        s[n++] = '0';
    n += put_binary_exponent(s + n, c->letter == 'a' ? 'p' : 'P', exponent - 1023);
    n = __sink_field(sink, c, prefix, prefix_length, 0, s, n);
    if (s != small)
        free(s);
    return n;
}

int __format_double(struct __sink *sink, const struct __conversion *conversion, double value)
{
    struct __conversion c = *conversion;
    uint64_t mantissa;
    int exponent;
    char prefix[3];
    int prefix_length = sign_of(&c, bits_of(value, &mantissa, &exponent), prefix);
    int small = c.letter >= 'a';

    if (exponent == 0x7ff) {
        c.zero = 0;
        return __sink_field(sink, &c, prefix, prefix_length, 0,
                            mantissa ? (small ? "nan" : "NAN") : (small ? "inf" : "INF"), 3);
    }
    if (c.letter == 'a' || c.letter == 'A')
        return format_hexadecimal(sink, &c, value, prefix, prefix_length);
    return format_decimal(sink, &c, value, prefix, prefix_length);
}
