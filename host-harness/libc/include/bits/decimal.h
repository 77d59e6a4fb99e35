/* Exact decimal numbers, for printing and reading double. */
#ifndef _BITS_DECIMAL_H
#define _BITS_DECIMAL_H

#include <stdint.h>

enum {
    DECIMAL_POINT = 40,   /* 10^309 takes 35 limbs before the point */
    DECIMAL_LIMBS = 280,  /* a denormal, or 800 digits of input halved a thousand times, fits behind it */
    DECIMAL_BASE = 1000000000
};

/* limb[first..end) in base 10^9, most significant first; limb[DECIMAL_POINT] is the first of the fraction.
   What is outside [first, end) is zero; neither limb[first] nor limb[end - 1] is zero; 0 has first == end. */
struct __decimal {
    uint32_t limb[DECIMAL_LIMBS];
    int first;
    int end;
};

void __decimal_from_double(struct __decimal *d, double value);
/* Multiplies by 2^exponent, exactly. */
void __decimal_scale(struct __decimal *d, int exponent);
/* The digit that counts 10^power. */
int __decimal_digit(const struct __decimal *d, int power);
/* The power of the first digit that is not 0; 0 for the number 0. */
int __decimal_exponent(const struct __decimal *d);
/* Compares what lies below 10^power with half of 10^power: -1, 0, 1; -2 when nothing does. */
int __decimal_rest(const struct __decimal *d, int power);
void __decimal_trim(struct __decimal *d);

#endif
