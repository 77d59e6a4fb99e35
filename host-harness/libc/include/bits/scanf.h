/* The one scanner behind the scanf family, and where its input comes from. */
#ifndef _BITS_SCANF_H
#define _BITS_SCANF_H

#include <bits/file.h>
#include <stdarg.h>

struct __source {
    FILE *file;    /* or 0: */
    const char *s;
};

int __scan(struct __source *source, const char *format, va_list ap);

#endif
