/* SPDX-License-Identifier: MIT */
/*
 * exp, log and their forms near zero and one, written out, so that a loop over them becomes vector
 * code and gives the same bits in every variant. Private to the library. Accuracy
 * (test/base/test_elementary.c): exp within 2e-15 relative on [-700, 700], log within 1e-15
 * relative to the larger of 1e-3 and the result, expm1 and log1p within 3e-15 relative, however
 * small.
 */
#ifndef FULCRUM_BASE_ELEMENTARY_H
#define FULCRUM_BASE_ELEMENTARY_H

#include <stdint.h>
#include <string.h>

#define FUL__LN2_HIGH 0x1.62e42fefa0000p-1
#define FUL__LN2_LOW 0x1.cf79abc9e3b39p-40

/* exp(x) = (1 + tail) 2^k: the tail as the return value, 2^k in *scale; |x| <= 700 */
static inline double ful__exp_parts(double x, double *scale)
{
    const double magic = 0x1.8p52; /* adding it rounds to a whole number */
    const double shifted = x * 0x1.71547652b82fep0 + magic, k = shifted - magic;
    const double r = (x - k * FUL__LN2_HIGH) - k * FUL__LN2_LOW;
    /* (exp(r) - 1) / r by pairs of terms: a chain of products half as long as Horner's */
    const double r2 = r * r, r4 = r2 * r2;
    const double a = (1 + 0.5 * r) + (1.0 / 6 + 1.0 / 24 * r) * r2;
    const double b = (1.0 / 120 + 1.0 / 720 * r) + (1.0 / 5040 + 1.0 / 40320 * r) * r2;
    const double c =
        (1.0 / 362880 + 1.0 / 3628800 * r) + (1.0 / 39916800 + 1.0 / 479001600 * r) * r2;
    const double p = (a + b * r4) + (c + 1.0 / 6227020800 * r4) * (r4 * r4);
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(scale, &bits, sizeof bits);
    return p * r;
}

/* exp(x); below -700 it is exp(-700), above 700 exp(700): no wage or price comes near. */
static inline double ful__exp(double x)
{
    double scale;
    x = x < -700 ? -700 : x > 700 ? 700 : x;
    const double tail = ful__exp_parts(x, &scale);
    return (1 + tail) * scale;
}

/* exp(x) - 1, with all its digits where x is small */
static inline double ful__expm1(double x)
{
    double scale;
    x = x < -700 ? -700 : x > 700 ? 700 : x;
    const double tail = ful__exp_parts(x, &scale);
    return tail * scale + (scale - 1);
}

/* log(x) of a normal x > 0: x = 2^k m with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh((m-1)/(m+1)).
 */
static inline double ful__log(double x)
{
    uint64_t bits, exponent;
    double m, k;
    memcpy(&bits, &x, sizeof bits);
    /* moving the cut from 1 to sqrt(1/2) keeps m - 1 small on both sides */
    bits += 0x3ff0000000000000u - 0x3fe6a09e667f3bcdu;
    exponent = (bits >> 52) | 0x4330000000000000u;
    memcpy(&k, &exponent, sizeof k);
    k -= 0x1p52 + 1023;
    bits = (bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu;
    memcpy(&m, &bits, sizeof m);
    const double f = m - 1, s = f / (2 + f), z = s * s;
    const double z2 = z * z, z4 = z2 * z2;
    const double a = (1.0 / 3 + 1.0 / 5 * z) + (1.0 / 7 + 1.0 / 9 * z) * z2;
    const double b = (1.0 / 11 + 1.0 / 13 * z) + (1.0 / 15 + 1.0 / 17 * z) * z2;
    const double c = (1.0 / 19 + 1.0 / 21 * z) + 1.0 / 23 * z2;
    const double p = (a + b * z4) + c * (z4 * z4);
    /* 2 s = f - s f, so the leading term keeps its digits near x = 1 */
    const double tail = s * (2 * z * p - f) + k * FUL__LN2_LOW;
    return k * FUL__LN2_HIGH + (f + tail);
}

/* log(1 + x), x > -1, with all its digits where x is small: what 1 + x rounds off is added again */
static inline double ful__log1p(double x)
{
    const double u = 1 + x;
    return ful__log(u) + (x - (u - 1)) / u;
}

#endif
