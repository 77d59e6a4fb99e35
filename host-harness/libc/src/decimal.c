/* Exact decimal numbers: a double is a whole number times a power of two, and so has a finite decimal form. */
#include <bits/decimal.h>

static const uint32_t power_of_ten[10] = {1,      10,      100,      1000,      10000,
                                          100000, 1000000, 10000000, 100000000, 1000000000};

void __decimal_trim(struct __decimal *d)
{
    while (d->first < d->end && d->limb[d->first] == 0)
        d->first++;
    while (d->first < d->end && d->limb[d->end - 1] == 0)
        d->end--;
}

/* Shift at most 29: a limb times 2^29 and a carry fit 64 bits. */
static void multiply(struct __decimal *d, int shift)
{
    uint64_t carry = 0;
    int i;

    for (i = d->end - 1; i >= d->first; i--) {
        uint64_t n = ((uint64_t)d->limb[i] << shift) + carry;
        carry = n / DECIMAL_BASE;
        d->limb[i] = (uint32_t)(n - carry * DECIMAL_BASE);
    }
    if (carry)
        d->limb[--d->first] = (uint32_t)carry;
    __decimal_trim(d);
}

/* Shift at most 9: 2^9 divides 10^9, so the remainder of the last limb fills exactly one limb more. */
static void divide(struct __decimal *d, int shift)
{
    uint32_t mask = (1u << shift) - 1;
    uint32_t step = DECIMAL_BASE >> shift;
    uint32_t rest = 0;
    int i;

    for (i = d->first; i < d->end; i++) {
        uint32_t n = d->limb[i];
        d->limb[i] = (n >> shift) + rest * step;
        rest = n & mask;
    }
    if (rest && d->end < DECIMAL_LIMBS)
        d->limb[d->end++] = rest * step;
    __decimal_trim(d);
}

void __decimal_scale(struct __decimal *d, int exponent)
{
    for (; exponent > 29; exponent -= 29)
        multiply(d, 29);
    if (exponent > 0)
        multiply(d, exponent);
    for (; exponent < -9; exponent += 9)
        divide(d, 9);
    if (exponent < 0)
        divide(d, -exponent);
}

void __decimal_from_double(struct __decimal *d, double value)
{
    union {
        double value;
        uint64_t bits;
    } u;
    uint64_t mantissa;
    int exponent;

    u.value = value;
    mantissa = u.bits & ((1UL << 52) - 1);
    exponent = (int)(u.bits >> 52 & 0x7ff);
    if (exponent)
        mantissa |= 1UL << 52;
    else
        exponent = 1;
    exponent -= 1075;
    d->first = DECIMAL_POINT;
    d->end = DECIMAL_POINT;
    if (!mantissa)
        return;
    /* Without its trailing zero bits a whole number needs no division at all. */
    for (; !(mantissa & 1) && exponent < 0; exponent++)
        mantissa >>= 1;
    for (; mantissa; mantissa /= DECIMAL_BASE)
        d->limb[--d->first] = (uint32_t)(mantissa % DECIMAL_BASE);
    __decimal_trim(d);
    __decimal_scale(d, exponent);
}

/* The limb that holds 10^power, and in *place the power of ten that it counts there. */
static int limb_of(int power, int *place)
{
    int shifted = power + 9 * DECIMAL_LIMBS; /* not negative, so that division rounds down */

    *place = shifted % 9;
    return DECIMAL_POINT - 1 - (shifted / 9 - DECIMAL_LIMBS);
}

static uint32_t limb_at(const struct __decimal *d, int i)
{
    return i >= d->first && i < d->end ? d->limb[i] : 0;
}

int __decimal_digit(const struct __decimal *d, int power)
{
    int place;
    int i;

    if (power < -9 * (DECIMAL_LIMBS - DECIMAL_POINT))
        return 0;
    i = limb_of(power, &place);
    return (int)(limb_at(d, i) / power_of_ten[place] % 10);
}

int __decimal_exponent(const struct __decimal *d)
{
    int place = 0;

    if (d->first == d->end)
        return 0;
    while (place < 8 && d->limb[d->first] >= power_of_ten[place + 1])
        place++;
    return 9 * (DECIMAL_POINT - 1 - d->first) + place;
}

int __decimal_rest(const struct __decimal *d, int power)
{
    int place, i;
    uint32_t rest, half;

    if (power - 1 < -9 * (DECIMAL_LIMBS - DECIMAL_POINT))
        return -2;
    i = limb_of(power - 1, &place);
    if (i >= d->end)
        return -2;
    if (i < d->first - 1)
        return -1;
    rest = limb_at(d, i) % power_of_ten[place + 1];
    half = 5 * power_of_ten[place];
    if (rest != half)
        return rest < half ? (rest == 0 && i >= d->end - 1 ? -2 : -1) : 1;
    return i < d->end - 1 ? 1 : 0;
}
