/* Sizes of types, wrap-around, conversions, shifts, signed and unsigned comparison: as on any x86-64 Linux. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

int main(void)
{
    unsigned char uc = 250;
    signed char sc = 127;
    unsigned u = 0;
    int i = -1;
    long big = 0x1122334455667788L;
    uint16_t u16 = 65535;
    int64_t i64 = INT64_MIN;

    printf("%zu %zu %zu %zu %zu %zu %zu\n", sizeof(char), sizeof(short), sizeof(int), sizeof(long), sizeof(long long),
           sizeof(void *), sizeof(double));
    uc += 10;
    sc++;
    u--;
    u16++;
    printf("%d %d %u %d\n", uc, sc, u, u16);
    printf("-1 < 1u: %d, (unsigned char)-1: %d, (short)70000: %d\n", i < 1u, (unsigned char)i, (short)70000);
    printf("%x %x %d %d\n", (int)big, (unsigned short)big, (char)big, (signed char)(big >> 8));
    printf("-7/2 = %d, -7%%2 = %d, 7/-2 = %d, 7%%-2 = %d\n", -7 / 2, -7 % 2, 7 / -2, 7 % -2);
    printf("-16>>2 = %d, 0xf0000000u>>28 = %u, 1<<10 = %d\n", -16 >> 2, 0xf0000000u >> 28, 1 << 10);
    printf("~0 = %d, 5&3 = %d, 5|3 = %d, 5^3 = %d, !5 = %d, !!5 = %d\n", ~0, 5 & 3, 5 | 3, 5 ^ 3, !5, !!5);
    printf("%d %d %d\n", 'A', '\n', '\x41' + '\101');
    printf("%ld %lu %lld\n", LONG_MAX, ULONG_MAX, (long long)i64);
    printf("%d %d\n", (int)3.99, (int)-3.99);
    printf("%u %d\n", 4000000000u, 2147483647);
    printf("%.1f %d\n", 7 / 2 * 1.0, (int)(7 / 2.0 * 10));
    return 0;
}
