/* Bit fields, masks, shifts: the status word taken apart by hand. */
#include <stdint.h>
#include <stdio.h>

struct flags {
    unsigned signal : 7;
    unsigned core : 1;
    unsigned code : 8;
    int small : 3;
};

static int count_bits(unsigned long v)
{
    int n = 0;

    for (; v; v &= v - 1)
        n++;
    return n;
}

static uint32_t rotate(uint32_t v, int by)
{
    return v << by | v >> (32 - by);
}

int main(void)
{
    struct flags f = { .signal = 11, .core = 1, .code = 0x1ff & 0xff, .small = -3 };
    unsigned mask = 0;

    printf("%u %u %u %d\n", f.signal, f.core, f.code, f.small);
    f.signal += 120;
    f.small = 5;
    printf("%u %d, size %zu\n", f.signal, f.small, sizeof f);
    for (int i = 0; i < 32; i += 3)
        mask |= 1u << i;
    printf("%08x %d %d\n", mask, count_bits(mask), count_bits(~0UL));
    printf("%08x\n", rotate(0xdeadbeef, 8));
    mask &= ~(1u << 3);
    mask ^= 0xff;
    printf("%08x, bit 5 %s\n", mask, mask >> 5 & 1 ? "set" : "clear");
    return 0;
}
