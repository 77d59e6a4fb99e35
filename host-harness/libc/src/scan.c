/* The format language of scanf. */
#include <bits/file.h>
#include <bits/scanf.h>
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

enum length { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG, LENGTH_LONG_DOUBLE };

/* How a directive ended. */
enum outcome { MATCHED, MISMATCH, END_OF_INPUT };

enum { LONGEST_NUMBER = 400 };

struct scan {
    struct __source *source;
    long count; /* bytes taken so far */
    int assigned;
    va_list ap;
};

/* One directive such as %*3d. */
struct directive {
    int discard;
    long width; /* 0: none given */
    enum length length;
    char letter;
};

static int take(struct scan *scan)
{
    struct __source *source = scan->source;
    int c;

    if (source->file)
        c = __stream_get(source->file);
    else
        c = *source->s ? (unsigned char)*source->s++ : EOF;
    if (c != EOF)
        scan->count++;
    return c;
}

static void give_back(struct scan *scan, int c)
{
    if (c == EOF)
        return;
    scan->count--;
    if (scan->source->file)
        ungetc(c, scan->source->file);
    else
        scan->source->s--;
}

/* The first byte that is not white space, or EOF. */
static int take_past_space(struct scan *scan)
{
    int c;

    do
        c = take(scan);
    while (c != EOF && isspace(c));
    return c;
}

static void store_integer(struct scan *scan, const struct directive *d, long n)
{
    switch (d->length) {
    case LENGTH_CHAR: *va_arg(scan->ap, signed char *) = (signed char)n; break;
    case LENGTH_SHORT: *va_arg(scan->ap, short *) = (short)n; break;
    case LENGTH_INT: *va_arg(scan->ap, int *) = (int)n; break;
    default: *va_arg(scan->ap, long *) = n; break;
    }
}

/* The text of a number as it is taken; never more than a directive's width. */
struct text {
    char s[LONGEST_NUMBER + 1];
    int n;
    long left;
};

/* Appends *c if it fits the width, and takes the next byte. */
static int accept(struct scan *scan, struct text *text, int *c)
{
    if (text->left == 0)
        return 0;
    text->left--;
    if (text->n < LONGEST_NUMBER)
        text->s[text->n++] = (char)*c;
    /* At the width's end nothing more may be taken from the input. */
    *c = text->left ? take(scan) : EOF;
    return 1;
}

static void begin(struct text *text, const struct directive *d)
{
    text->n = 0;
    text->left = d->width ? d->width : LONG_MAX;
}

static int base_of(char letter)
{
    switch (letter) {
    case 'i': return 0;
    case 'o': return 8;
    case 'x':
    case 'X':
    case 'p': return 16;
    default: return 10;
    }
}

static int is_digit_of(int c, int base)
{
    if (c == EOF)
        return 0;
    return base == 16 ? isxdigit(c) : c >= '0' && c < '0' + base;
}

static enum outcome scan_integer(struct scan *scan, struct directive *d)
{
    struct text text;
    int base = base_of(d->letter);
    int c = take_past_space(scan);
    int first;

    if (c == EOF)
        return END_OF_INPUT;
    begin(&text, d);
    if (c == '-' || c == '+')
        accept(scan, &text, &c);
    first = text.n;
    if (c == '0' && (base == 0 || base == 16)) {
        accept(scan, &text, &c);
        if (c == 'x' || c == 'X') {
            accept(scan, &text, &c);
            base = 16;
        } else if (base == 0) {
            base = 8;
        }
    } else if (base == 0) {
        base = 10;
    }
    while (is_digit_of(c, base) && accept(scan, &text, &c))
        ;
    give_back(scan, c);
    if (text.n == first)
        return MISMATCH;
    if (d->discard)
        return MATCHED;
    text.s[text.n] = 0;
    if (d->letter == 'p')
        d->length = LENGTH_LONG;
    if (d->letter == 'd' || d->letter == 'i')
        store_integer(scan, d, strtol(text.s, 0, base));
    else
        store_integer(scan, d, (long)strtoul(text.s, 0, base));
    scan->assigned++;
    return MATCHED;
}

/* inf, infinity and nan in any case: takes as much of word as matches. */
static int scan_word(struct scan *scan, struct text *text, int *c, const char *word)
{
    for (; *word; word++)
        if (*c == EOF || tolower(*c) != *word || !accept(scan, text, c))
            return 0;
    return 1;
}

/* The part of a number behind its sign; whether it can be one. */
static int scan_float_text(struct scan *scan, struct text *text, int *c)
{
    int digits = 0, point = 0, base = 10, start;

    if (*c != EOF && tolower(*c) == 'n')
        return scan_word(scan, text, c, "nan");
    if (*c != EOF && tolower(*c) == 'i') {
        if (!scan_word(scan, text, c, "inf"))
            return 0;
        return *c == EOF || tolower(*c) != 'i' || scan_word(scan, text, c, "inity");
    }
    if (*c == '0') {
        accept(scan, text, c);
        digits = 1;
        if (*c == 'x' || *c == 'X') {
            accept(scan, text, c);
            base = 16;
            digits = 0;
        }
    }
    for (; *c != EOF; digits += start) {
        start = is_digit_of(*c, base) != 0;
        if (!start && (point || *c != '.'))
            break;
        point |= !start;
        if (!accept(scan, text, c))
            break;
    }
    if (!digits)
        return 0;
    if (*c == EOF || tolower(*c) != (base == 16 ? 'p' : 'e'))
        return 1;
    accept(scan, text, c);
    if (*c == '-' || *c == '+')
        accept(scan, text, c);
    /* An exponent without digits is forgiven, as glibc does. */
    while (is_digit_of(*c, 10) && accept(scan, text, c))
        ;
    return 1;
}

static enum outcome scan_float(struct scan *scan, struct directive *d)
{
    struct text text;
    int c = take_past_space(scan);
    int matched;

    if (c == EOF)
        return END_OF_INPUT;
    begin(&text, d);
    if (c == '-' || c == '+')
        accept(scan, &text, &c);
    matched = scan_float_text(scan, &text, &c);
    give_back(scan, c);
    if (!matched)
        return MISMATCH;
    if (d->discard)
        return MATCHED;
    text.s[text.n] = 0;
    if (d->length == LENGTH_LONG_DOUBLE)
        *va_arg(scan->ap, long double *) = strtod(text.s, 0);
    else if (d->length == LENGTH_LONG)
        *va_arg(scan->ap, double *) = strtod(text.s, 0);
    else
        *va_arg(scan->ap, float *) = strtof(text.s, 0);
    scan->assigned++;
    return MATCHED;
}

/* Which bytes %s, %c or %[ take. */
struct set {
    unsigned char has[256];
};

/* Behind the [ of a set; behind its ] at the end. */
static const char *parse_set(const char *format, struct set *set)
{
    int negated = *format == '^';
    int c, from;

    if (negated)
        format++;
    for (c = 0; c < 256; c++)
        set->has[c] = (unsigned char)negated;
    from = -1;
    for (c = (unsigned char)*format; c; c = (unsigned char)*++format) {
        if (c == ']' && from >= 0)
            return format + 1;
        if (c == '-' && from >= 0 && format[1] && format[1] != ']' && from <= (unsigned char)format[1]) {
            for (; from <= (unsigned char)format[1]; from++)
                set->has[from] = (unsigned char)!negated;
            format++;
            from = (unsigned char)*format;
            continue;
        }
        set->has[c] = (unsigned char)!negated;
        from = c;
    }
    return format;
}

static enum outcome scan_bytes(struct scan *scan, const struct directive *d, const struct set *set)
{
    long left = d->width ? d->width : d->letter == 'c' ? 1 : LONG_MAX;
    char *to = d->discard ? 0 : va_arg(scan->ap, char *);
    int c = d->letter == 's' ? take_past_space(scan) : take(scan);
    long n = 0;

    if (c == EOF)
        return END_OF_INPUT;
    while (c != EOF && (d->letter == 'c' || (d->letter == 's' ? !isspace(c) : set->has[c]))) {
        if (to)
            to[n] = (char)c;
        n++;
        /* Nothing is taken from the input beyond the width. */
        c = n < left ? take(scan) : EOF;
    }
    give_back(scan, c);
    if (n == 0)
        return MISMATCH;
    if (!to)
        return MATCHED;
    if (d->letter != 'c')
        to[n] = 0;
    scan->assigned++;
    return MATCHED;
}

static const char *parse_directive(const char *format, struct directive *d)
{
    d->discard = *format == '*';
    if (d->discard)
        format++;
    d->width = 0;
    for (; isdigit((unsigned char)*format); format++)
        if (d->width < INT_MAX)
            d->width = 10 * d->width + (*format - '0');
    d->length = LENGTH_INT;
    if (*format == 'h' || *format == 'l') {
        d->length = *format == 'h' ? LENGTH_SHORT : LENGTH_LONG;
        if (format[1] == *format) {
            d->length = *format == 'h' ? LENGTH_CHAR : LENGTH_LONG;
            format++;
        }
        format++;
    } else if (*format == 'L' || *format == 'q') {
        d->length = LENGTH_LONG_DOUBLE;
        format++;
    } else if (*format == 'j' || *format == 'z' || *format == 't') {
        d->length = LENGTH_LONG;
        format++;
    }
    d->letter = *format;
    return *format ? format + 1 : format;
}

static enum outcome scan_literal(struct scan *scan, int expected)
{
    int c = take(scan);

    if (c == EOF)
        return END_OF_INPUT;
    if (c == expected)
        return MATCHED;
    give_back(scan, c);
    return MISMATCH;
}

static enum outcome scan_directive(struct scan *scan, struct directive *d, const char **format)
{
    struct set set;

    switch (d->letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'p':
        return scan_integer(scan, d);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return scan_float(scan, d);
    case 's':
    case 'c':
        return scan_bytes(scan, d, 0);
    case '[':
        *format = parse_set(*format, &set);
        return scan_bytes(scan, d, &set);
    case 'n':
        if (!d->discard)
            store_integer(scan, d, scan->count);
        return MATCHED;
    case '%':
        give_back(scan, take_past_space(scan));
        return scan_literal(scan, '%');
    default:
        return MISMATCH;
    }
}

static enum outcome scan_next(struct scan *scan, const char **format)
{
    struct directive d;
    int c = (unsigned char)*(*format)++;

    if (isspace(c)) {
        give_back(scan, take_past_space(scan));
        return MATCHED;
    }
    if (c != '%')
        return scan_literal(scan, c);
    *format = parse_directive(*format, &d);
    return scan_directive(scan, &d, format);
}

int __scan(struct __source *source, const char *format, va_list ap)
{
    struct scan scan = {0};
    enum outcome outcome = MATCHED;

    scan.source = source;
    va_copy(scan.ap, ap);
    while (*format && outcome == MATCHED)
        outcome = scan_next(&scan, &format);
    va_end(scan.ap);
    return outcome == END_OF_INPUT && scan.assigned == 0 ? EOF : scan.assigned;
}
