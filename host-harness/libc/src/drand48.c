/* The 48-bit linear congruential generator. */
#include <stdint.h>
#include <stdlib.h>

static uint64_t state;

static uint64_t step(void)
{
    return state = (state * 0x5deece66dUL + 11) & (((uint64_t)1 << 48) - 1);
}

void srand48(long seed)
{
    state = (uint64_t)(uint32_t)seed << 16 | 0x330e;
}

double drand48(void)
{
    return (double)step() / 281474976710656.0; /* 2^48 */
}

long lrand48(void)
{
    return (long)(step() >> 17);
}

long mrand48(void)
{
    return (int32_t)(step() >> 16);
}
