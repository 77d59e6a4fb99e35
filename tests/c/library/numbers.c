/* stdlib.h and inttypes.h: conversions with their errors, division, absolute values, limits. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void convert(const char *text, int base)
{
    char *end;
    long v;

    errno = 0;
    v = strtol(text, &end, base);
    printf("strtol(\"%s\", %d) = %ld, rest \"%s\"%s%s\n", text, base, v, end, errno ? ", " : "", errno ? strerror(errno) : "");
}

int main(void)
{
    div_t d = div(17, 5);
    ldiv_t l = ldiv(-17L, 5L);
    lldiv_t ll = lldiv(17LL, -5LL);
    char *end;

    convert("  +42", 10);
    convert("-0x1F", 16);
    convert("0b1", 0);
    convert("0755", 0);
    convert("99999999999999999999", 10);
    convert("-99999999999999999999", 10);
    convert("z", 10);
    printf("%d %d, %ld %ld, %lld %lld\n", d.quot, d.rem, l.quot, l.rem, ll.quot, ll.rem);
    printf("%d %ld %lld %jd\n", abs(-5), labs(-5L), llabs(-5LL), imaxabs(-5));
    printf("%lld %llu %ju\n", strtoll("-8000000000", NULL, 10), strtoull("18446744073709551615", NULL, 10),
           strtoumax("ff", NULL, 16));
    printf("%lld %ld %d\n", atoll("123456789012"), atol("-77"), atoi("2147483647"));
    printf("%" PRId64 " %" PRIu32 " %" PRIx16 "\n", INT64_C(-1), UINT32_MAX, (uint16_t)0xabcd);
    printf("%g ", strtod("  -1.5e3xyz", &end));
    printf("%s ", end);
    printf("%g %g %g\n", strtod("0x1.8p1", NULL), strtod("inf", NULL), (double)strtof("0.1", NULL));
    errno = 0;
    printf("%g ", strtod("1e999", NULL));
    printf("%d\n", errno == ERANGE);
    printf("%d %d %ld\n", CHAR_BIT, SHRT_MAX, LONG_MIN);
    return 0;
}
