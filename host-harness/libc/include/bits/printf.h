/* The one formatter behind the printf family, and where its output goes. */
#ifndef _BITS_PRINTF_H
#define _BITS_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

struct __sink {
    /* 0, or -1 when the bytes could not be taken. */
    int (*put)(struct __sink *sink, const char *s, size_t n);
    void *target;
    char *next;
    char *end;
};

/* One conversion such as %-8.3lf. */
struct __conversion {
    int alternate;
    int zero;
    int left;
    int space;
    int plus;
    int width;
    int precision; /* -1: none given */
    char letter;
};

/* The number of bytes put, or -1. */
int __format(struct __sink *sink, const char *format, va_list ap);
/* Pads body, whose sign or 0x is in prefix, to the conversion's width; the number of bytes or -1. */
int __sink_field(struct __sink *sink, const struct __conversion *c, const char *prefix, int prefix_length,
                 int zeros, const char *body, int body_length);
int __format_double(struct __sink *sink, const struct __conversion *c, double value);

#endif
