/* Text to numbers, and back again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const integers[] = {"0", "-1", "  +42abc", "0x1F", "077", "99999999999999999999",
                                       "-99999999999999999999", "", "abc", "0x", "08", "z", "-0x10",
                                       " \t\n12", "2147483648", "1 2", "-9223372036854775808"};

static const char *const doubles[] = {
    "1e400", "-1e400", "1e-400", "4.9e-324", "2.2250738585072011e-308", "0x1.8p3", "0x", "0x.8", "infinity", "INF",
    "nan", "  12abc", "1e", "1e+", "-.5", "+.", "1.7976931348623159e308", "1.7976931348623157e308",
    "9007199254740993", "9007199254740992.999999999999999999999", "123456789012345678901234567890", "1e23",
    "8.5e22", "0x1p-1080", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "5e-324", "2.4703282292062327208e-324",
    "2.4703282292062328e-324", ".", "e5", "1.e2", "00012.500", "1_000", "3.4028235677973366e38", "1e-46"};

static void whole(const char *s, int base)
{
    unsigned long u;
    long n;
    char *end = (char *)s;

    errno = 0;
    n = strtol(s, &end, base);
    printf("'%s' in base %d: %ld, %ld taken, %d; ", s, base, n, (long)(end - s), errno);
    errno = 0;
    u = strtoul(s, &end, base);
    printf("%lu, %ld taken, %d; ", u, (long)(end - s), errno);
    printf("%d\n", atoi(s));
}

static void fraction(const char *s)
{
    double d;
    float f;
    char *end;

    errno = 0;
    d = strtod(s, &end);
    printf("'%s': %a, %ld taken, %d; ", s, d, (long)(end - s), errno);
    errno = 0;
    f = strtof(s, &end);
    printf("%a, %d\n", (double)f, errno);
}

int main(void)
{
    static const int bases[] = {0, 2, 8, 10, 16, 36, 1, 37};
    char text[1000];
    size_t i, k;
    int digits, exponent;

    for (i = 0; i < sizeof integers / sizeof *integers; i++)
        for (k = 0; k < sizeof bases / sizeof *bases; k++)
            whole(integers[i], bases[k]);
    for (i = 0; i < sizeof doubles / sizeof *doubles; i++)
        fraction(doubles[i]);
    for (i = 0; i < 1000; i++) {
        digits = rand();
        exponent = rand() % 640 - 330;
        sprintf(text, "%d.%d%de%d", digits % 10, digits, ~digits & 0x7fffffff, exponent);
        fraction(text);
        digits = rand();
        sprintf(text, "%.*f", exponent < 0 ? -exponent : exponent, digits / 12345.678);
        fraction(text);
    }
    return 0;
}
