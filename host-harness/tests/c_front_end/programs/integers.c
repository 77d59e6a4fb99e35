/* Widths, signs, promotions, conversions, wrap-around, shifts. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
int main(void)
{
    char c = 200; signed char sc = -1; unsigned char uc = 255; short s = 40000; unsigned short us = -1;
    int i = INT_MAX; unsigned u = UINT_MAX; long l = LONG_MIN; unsigned long ul = ULONG_MAX;
    long long ll = -5; unsigned long long ull = 5; _Bool b = 42; int8_t i8 = 300; uint16_t u16 = 70000;
    printf("%d %d %d %d %d\n", c, sc, uc, s, us);
    printf("%d %u %ld %lu %lld %llu %d %d %d\n", i, u, l, ul, ll, ull, b, i8, u16);
    i++; u++; uc++; sc--; us += 2;
    printf("%d %u %d %d %d\n", i, u, uc, sc, us);
    printf("%d %d %d\n", -1 < 1u, sizeof(int) > -1, (unsigned char)200 + 100);
    printf("%d %d %d %d\n", -7 / 2, -7 % 2, 7 / -2, 7 % -2);
    printf("%d %d %u %ld\n", -8 >> 1, 1 << 10, 0x80000000u >> 31, -1L >> 63);
    printf("%lu %lu %lu %lu %lu\n", sizeof(char), sizeof 1, sizeof 1L, sizeof 1.0, sizeof(void *));
    printf("%lu %lu %lu\n", sizeof 'a', sizeof "abc", sizeof(long long));
    printf("%d %d %d\n", 0x10, 010, 'A');
    printf("%d %d\n", '\x41', '\101');
    printf("%ld %lu\n", 2147483648, 4294967295 + 1);
    unsigned x = 1; x <<= 31; printf("%u %d\n", x, (int)x);
    long big = (long)INT_MAX * INT_MAX; printf("%ld\n", big);
    printf("%d\n", (char)0x1ff); printf("%d\n", (short)0x18000);
    printf("%d %d\n", ~0, !5); printf("%u\n", -1 + 0u); printf("%d\n", (uc = 300, uc));
    s = 32767; s++; printf("%d\n", s); printf("%d\n", 3 > 2 > 1);
    unsigned char a1 = 255, a2 = 1; printf("%d %d\n", a1 + a2, (unsigned char)(a1 + a2));
    printf("%d\n", (int)3000000000u); printf("%ld\n", (long)-1 + (unsigned)1);
    return 0;
}
