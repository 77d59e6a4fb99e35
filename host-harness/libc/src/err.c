/* Messages that begin with the program's name and may end with the text of errno. */
#include <bits/libc.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vwarnx(const char *format, va_list ap)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    if (format)
        vfprintf(stderr, format, ap);
    fputc('\n', stderr);
}

void vwarn(const char *format, va_list ap)
{
    int error = errno;

    if (!format) {
        fprintf(stderr, "%s: %m\n", program_invocation_short_name);
        return;
    }
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, ap);
    errno = error;
    fprintf(stderr, ": %m\n");
}

void verr(int status, const char *format, va_list ap)
{
    vwarn(format, ap);
    exit(status);
}

void verrx(int status, const char *format, va_list ap)
{
    vwarnx(format, ap);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vwarn(format, ap);
    va_end(ap);
}

void warnx(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vwarnx(format, ap);
    va_end(ap);
}

void err(int status, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    verr(status, format, ap);
}

void errx(int status, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    verrx(status, format, ap);
}
