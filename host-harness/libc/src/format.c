/* The format language of printf. */
#include <bits/libc.h>
#include <bits/printf.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

/* The lengths hh, h, l and ll, L, j, z, t, of which the last five all mean 64 bits here. */
enum length { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG, LENGTH_LONG_DOUBLE };

enum { DIGITS = 24 }; /* 2^64 in octal takes 22 */

static int pad(struct __sink *sink, char c, int n)
{
    char block[16];

    if (n <= 0)
        return 0;
    __builtin_memset(block, c, sizeof block);
    for (; n > 0; n -= (int)sizeof block)
        if (sink->put(sink, block, n < (int)sizeof block ? (size_t)n : sizeof block) < 0)
            return -1;
    return 0;
}

static int put(struct __sink *sink, const char *s, int n)
{
    return n > 0 ? sink->put(sink, s, (size_t)n) : 0;
}

int __sink_field(struct __sink *sink, const struct __conversion *c, const char *prefix, int prefix_length,
                 int zeros, const char *body, int body_length)
{
    long length = (long)prefix_length + zeros + body_length;
    long padding = c->width > length ? c->width - length : 0;

    if (length + padding > INT_MAX) {
        errno = EOVERFLOW;
        return -1;
    }
    if (!c->left && !c->zero && pad(sink, ' ', (int)padding) < 0)
        return -1;
    if (put(sink, prefix, prefix_length) < 0)
        return -1;
    if (!c->left && c->zero && pad(sink, '0', (int)padding) < 0)
        return -1;
    if (pad(sink, '0', zeros) < 0 || put(sink, body, body_length) < 0)
        return -1;
    if (c->left && pad(sink, ' ', (int)padding) < 0)
        return -1;
    return (int)(length + padding);
}

/* The digits of n, ending at end; their first. */
static char *digits(char *end, uint64_t n, unsigned base, char letter)
{
    const char *symbols = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";

    for (; n; n /= base)
        *--end = symbols[n % base];
    return end;
}

static int format_integer(struct __sink *sink, struct __conversion *c, uint64_t n, int negative)
{
    char buffer[DIGITS];
    char prefix[2];
    int prefix_length = 0, zeros, length;
    unsigned base = c->letter == 'o' ? 8 : c->letter == 'x' || c->letter == 'X' || c->letter == 'p' ? 16 : 10;
    char *body = digits(buffer + DIGITS, n, base, c->letter);

    length = (int)(buffer + DIGITS - body);
    if (c->letter == 'd' || c->letter == 'p') {
        if (negative)
            prefix[prefix_length++] = '-';
        else if (c->plus)
            prefix[prefix_length++] = '+';
        else if (c->space)
            prefix[prefix_length++] = ' ';
    }
    zeros = (c->precision < 0 ? 1 : c->precision) - length;
    if (base == 8 && c->alternate && zeros <= 0 && !(length > 0 && *body == '0'))
        zeros = 1;
    if (zeros < 0)
        zeros = 0;
    if (c->precision >= 0)
        c->zero = 0;
    if (prefix_length == 1 && base == 16) { /* %+p: a sign and 0x */
        char both[3] = {prefix[0], '0', 'x'};
        return __sink_field(sink, c, both, 3, zeros, body, length);
    }
    if (base == 16 && c->alternate && n) {
        prefix[0] = '0';
        prefix[1] = c->letter == 'X' ? 'X' : 'x';
        prefix_length = 2;
    }
    return __sink_field(sink, c, prefix, prefix_length, zeros, body, length);
}

static int format_string(struct __sink *sink, struct __conversion *c, const char *s)
{
    int n = 0;

    if (!s)
        s = c->precision < 0 || c->precision >= 6 ? "(null)" : "";
    if (c->precision < 0) {
        unsigned long length = __strlen(s);
        n = length < INT_MAX ? (int)length : INT_MAX;
    } else {
        while (n < c->precision && s[n])
            n++;
    }
    c->zero = 0;
    return __sink_field(sink, c, 0, 0, 0, s, n);
}

/* A conversion that does not exist is printed as it was understood. */
static int format_unknown(struct __sink *sink, const struct __conversion *c)
{
    char text[40];
    char number[DIGITS];
    char *digit;
    int n = 0;

    text[n++] = '%';
    if (c->alternate)
        text[n++] = '#';
    if (c->plus)
        text[n++] = '+';
    else if (c->space)
        text[n++] = ' ';
    if (c->left)
        text[n++] = '-';
    if (c->zero)
        text[n++] = '0';
    if (c->width)
        for (digit = digits(number + DIGITS, (uint64_t)c->width, 10, 'd'); digit < number + DIGITS; digit++)
            text[n++] = *digit;
    if (c->precision >= 0) {
        text[n++] = '.';
        digit = digits(number + DIGITS, (uint64_t)c->precision, 10, 'd');
        if (digit == number + DIGITS)
            *--digit = '0';
        for (; digit < number + DIGITS; digit++)
            text[n++] = *digit;
    }
    text[n++] = c->letter;
    return put(sink, text, n) < 0 ? -1 : n;
}

/* A number or *, for width and precision; -1 where it does not fit. */
static int parse_number(const char **format)
{
    long n = 0;

    for (; **format >= '0' && **format <= '9'; ++*format)
        if (n <= INT_MAX)
            n = 10 * n + (**format - '0');
    return n < INT_MAX - 32 ? (int)n : -1;
}

static void parse_flags(const char **format, struct __conversion *c)
{
    for (;; ++*format)
        switch (**format) {
        case '#': c->alternate = 1; break;
        case '0': c->zero = 1; break;
        case '-': c->left = 1; break;
        case ' ': c->space = 1; break;
        case '+': c->plus = 1; break;
        case '\'': break; /* the C locale does not group */
        default: return;
        }
}

static enum length parse_length(const char **format)
{
    char c = **format;

    switch (c) {
    case 'h':
    case 'l':
        ++*format;
        if (**format != c)
            return c == 'h' ? LENGTH_SHORT : LENGTH_LONG;
        ++*format;
        return c == 'h' ? LENGTH_CHAR : LENGTH_LONG;
    case 'L':
    case 'q':
        ++*format;
        return LENGTH_LONG_DOUBLE;
    case 'j':
    case 'z':
    case 'Z':
    case 't':
        ++*format;
        return LENGTH_LONG;
    default:
        return LENGTH_INT;
    }
}

/* A va_list that can be passed on by address. */
struct arguments {
    va_list ap;
};

static uint64_t next_unsigned(struct arguments *arguments, enum length length)
{
    switch (length) {
    case LENGTH_CHAR: return (unsigned char)va_arg(arguments->ap, int);
    case LENGTH_SHORT: return (unsigned short)va_arg(arguments->ap, int);
    case LENGTH_INT: return va_arg(arguments->ap, unsigned int);
    default: return va_arg(arguments->ap, unsigned long);
    }
}

static int64_t next_signed(struct arguments *arguments, enum length length)
{
    switch (length) {
    case LENGTH_CHAR: return (signed char)va_arg(arguments->ap, int);
    case LENGTH_SHORT: return (short)va_arg(arguments->ap, int);
    case LENGTH_INT: return va_arg(arguments->ap, int);
    default: return va_arg(arguments->ap, long);
    }
}

static void store_count(struct arguments *arguments, enum length length, long count)
{
    switch (length) {
    case LENGTH_CHAR: *va_arg(arguments->ap, signed char *) = (signed char)count; break;
    case LENGTH_SHORT: *va_arg(arguments->ap, short *) = (short)count; break;
    case LENGTH_INT: *va_arg(arguments->ap, int *) = (int)count; break;
    default: *va_arg(arguments->ap, long *) = count; break;
    }
}

/* What stands between % and the letter; -1 with errno for a width or precision that is too large. */
static int parse_conversion(const char **format, struct __conversion *c, enum length *length,
                            struct arguments *arguments)
{
    parse_flags(format, c);
    if (**format == '*') {
        ++*format;
        c->width = va_arg(arguments->ap, int);
        if (c->width < 0) {
            c->left = 1;
            c->width = c->width == INT_MIN ? -1 : -c->width;
        }
    } else {
        c->width = parse_number(format);
    }
    if (c->left)
        c->zero = 0;
    c->precision = -1;
    if (**format == '.') {
        ++*format;
        if (**format == '*') {
            ++*format;
            c->precision = va_arg(arguments->ap, int);
            if (c->precision < 0)
                c->precision = -1;
        } else {
            c->precision = parse_number(format);
            if (c->precision < 0)
                c->width = -1;
        }
    }
    if (c->width < 0) {
        errno = EOVERFLOW;
        return -1;
    }
    *length = parse_length(format);
    c->letter = **format;
    return 0;
}

static int format_one(struct __sink *sink, struct __conversion *c, enum length length,
                      struct arguments *arguments, long so_far, int error)
{
    int64_t n;
    void *p;
    char byte;

    switch (c->letter) {
    case 'd':
    case 'i':
        c->letter = 'd';
        n = next_signed(arguments, length);
        return format_integer(sink, c, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, n < 0);
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return format_integer(sink, c, next_unsigned(arguments, length), 0);
    case 'p':
        p = va_arg(arguments->ap, void *);
        c->alternate = 1;
        if (p)
            return format_integer(sink, c, (uint64_t)p, 0);
        c->precision = -1;
        return format_string(sink, c, "(nil)");
    case 'c':
        byte = (char)va_arg(arguments->ap, int);
        c->zero = 0;
        return __sink_field(sink, c, 0, 0, 0, &byte, 1);
    case 's':
        return format_string(sink, c, va_arg(arguments->ap, char *));
    case 'm':
        return format_string(sink, c, strerror(error));
    case 'n':
        store_count(arguments, length, so_far);
        return 0;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        if (length == LENGTH_LONG_DOUBLE)
            return __format_double(sink, c, (double)va_arg(arguments->ap, long double));
        return __format_double(sink, c, va_arg(arguments->ap, double));
    case '%':
        return put(sink, "%", 1) < 0 ? -1 : 1;
    default:
        return format_unknown(sink, c);
    }
}

static int format_all(struct __sink *sink, const char *format, struct arguments *arguments)
{
    int error = errno; /* for %m */
    long total = 0;

    for (;;) {
        struct __conversion c = {0};
        const char *start = format;
        enum length length;
        long n;

        while (*format && *format != '%')
            format++;
        n = format - start;
        if (n > 0 && sink->put(sink, start, (size_t)n) < 0)
            return -1;
        total += n;
        if (!*format)
            return (int)total;
        format++;
        if (parse_conversion(&format, &c, &length, arguments) < 0)
            return -1;
        if (!c.letter) {
            errno = EINVAL;
            return -1;
        }
        format++;
        n = format_one(sink, &c, length, arguments, total, error);
        if (n < 0)
            return -1;
        total += n;
        if (total > INT_MAX) {
            errno = EOVERFLOW;
            return -1;
        }
    }
}

int __format(struct __sink *sink, const char *format, va_list ap)
{
    struct arguments arguments;
    int n;

    va_copy(arguments.ap, ap);
    n = format_all(sink, format, &arguments);
    va_end(arguments.ap);
    return n;
}
