/* printf: many thousand random conversions, and the corners. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

static unsigned long state = 88172645463325252UL;

static unsigned long draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* A conversion such as %-+12.5, without its letter. */
static int begin(char *format, int widest, int finest)
{
    int n = 0, k;

    format[n++] = '%';
    for (k = (int)(draw() % 3); k > 0; k--)
        format[n++] = "-+ #0"[draw() % 5];
    if (draw() % 2)
        n += sprintf(format + n, "%d", (int)(draw() % (unsigned)widest));
    if (draw() % 2) {
        format[n++] = '.';
        if (draw() % 4)
            n += sprintf(format + n, "%d", (int)(draw() % (unsigned)finest));
    }
    return n;
}

static void integers(void)
{
    static const char *const lengths[] = {"", "hh", "h", "l", "ll", "j", "z", "t"};
    char format[64], out[100];
    unsigned long value;
    int i, n;

    for (i = 0; i < 2000; i++) {
        n = begin(format, 25, 22);
        n += sprintf(format + n, "%s", lengths[draw() % 8]);
        format[n++] = "diuoxX"[draw() % 6];
        format[n] = 0;
        value = draw() % 8 ? draw() >> draw() % 64 : 0;
        if (draw() % 3 == 0)
            value = -value;
        n = snprintf(out, sizeof out, format, value);
        printf("[%s] %d [%s]\n", format, n, out);
    }
}

static double draw_double(void)
{
    union {
        unsigned long bits;
        double value;
    } u;

    switch (draw() % 6) {
    case 0: u.bits = draw(); return u.value;
    case 1: return (double)(long)draw() / 1000;
    case 2: return (double)(draw() % 100000) / 1000;
    case 3: return (double)(draw() % 1000) / 8.0;
    case 4: return (double)(draw() % 1000) * 1e-5;
    default: return (double)(draw() % 20) - 10.0;
    }
}

static void doubles(void)
{
    char format[64], out[1000];
    double value;
    int i, n;

    for (i = 0; i < 3000; i++) {
        n = begin(format, 40, draw() % 9 ? 20 : 400);
        format[n++] = "fFeEgGaA"[draw() % 8];
        format[n] = 0;
        value = draw_double();
        n = snprintf(out, sizeof out, format, value);
        printf("[%s] %d [%s]\n", format, n, out);
    }
}

static void corners(void)
{
    int before, after;
    char tiny[4];

    printf("%s|%.3s|%10.2s|%-10s|%c|%5c|%-5c|\n", "abc", "abcdef", "xyz", "left", 'a', 'b', 'c');
    printf("%s %.3s %.6s\n", (char *)0, (char *)0, (char *)0);
    printf("%p %p %20p %-20p|%+p|% p|%020p|%.10p\n", (void *)0, (void *)0x1234, (void *)0xdead, (void *)0,
           (void *)0x12, (void *)0x12, (void *)0x12, (void *)0x12);
    printf("%5%|%y|%-5k|\n");
    printf("%#.0o %#o %.0d|%.0x|%#x %+.0d|\n", 0, 0, 0, 0, 0, 0);
    printf("%hhd %hd %ld %lld %hhu\n", 300, 70000, LONG_MIN, LLONG_MAX, -1);
    printf("%nabc%n\n", &before, &after);
    printf("%d %d\n", before, after);
    printf("%*d|%-*d|%.*f|%*s\n", 5, 42, -6, 7, 2, 3.14159, -5, "x");
    printf("%d %s\n", snprintf(tiny, sizeof tiny, "too long"), tiny);
    printf("%d\n", snprintf(0, 0, "%s", "measured"));
    printf("%d\n", printf("%"));
    printf("%m\n");
}

int main(void)
{
    integers();
    doubles();
    corners();
    return 0;
}
