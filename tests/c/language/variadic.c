/* Functions with a variable number of arguments, and passing them on to vprintf and vsnprintf. */
#include <stdarg.h>
#include <stdio.h>

static int sum(int count, ...)
{
    va_list ap;
    int s = 0;

    va_start(ap, count);
    while (count-- > 0)
        s += va_arg(ap, int);
    va_end(ap);
    return s;
}

static void logf_(const char *level, const char *fmt, ...)
{
    char line[80];
    va_list ap, again;

    va_start(ap, fmt);
    va_copy(again, ap);
    vsnprintf(line, sizeof line, fmt, ap);
    printf("%s: ", level);
    vprintf(fmt, again);
    printf(" | %s\n", line);
    va_end(again);
    va_end(ap);
}

static double mixed(const char *types, ...)
{
    va_list ap;
    double r = 0;

    va_start(ap, types);
    for (; *types; types++)
        switch (*types) {
        case 'i': r += va_arg(ap, int); break;
        case 'l': r += va_arg(ap, long); break;
        case 'd': r += va_arg(ap, double); break;
        case 's': r += *va_arg(ap, const char *) - '0'; break;
        }
    va_end(ap);
    return r;
}

int main(void)
{
    printf("%d %d\n", sum(3, 1, 2, 3), sum(0));
    logf_("info", "%d processes, %s, %.1f%%", 12, "running", 99.5);
    printf("%.2f\n", mixed("idlsd", 1, 2.5, 3L, "4", 0.25f));
    return 0;
}
