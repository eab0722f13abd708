/* SPDX-License-Identifier: MIT */
/* Random draws that can be replayed: Philox4x32-10, streams by name, and the normal quantile. */
#include "fulcrum/base.h"

#include <math.h>

/* multipliers and Weyl constants of Salmon, Moraes, Dror & Shaw (2011), table 2 */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
#define PHILOX_ROUNDS 10

void ful_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        const uint64_t p0 = (uint64_t)PHILOX_M0 * c0;
        const uint64_t p1 = (uint64_t)PHILOX_M1 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

double ful_uniform(uint64_t seed, uint32_t stream, uint32_t draw)
{
    const uint32_t counter[4] = {draw, stream, 0, 0};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t bits[4];
    ful_philox(bits, counter, key);
    const uint64_t mantissa = ((uint64_t)bits[0] << 32 | bits[1]) >> 12; /* 52 bits */
    return ((double)mantissa + 0.5) * 0x1p-52; /* centres of cells: never 0 or 1 */
}

uint32_t ful_stream(const char *name)
{
    uint32_t hash = 0x811c9dc5u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x01000193u;
    return hash;
}

/* Acklam's rational approximations: the tails below 2.425 % and the middle. */
static double quantile_guess(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01,
                               2.445134137142996e+00, 3.754408661907416e+00};
    const double tail = 0.02425;
    if (p < tail || p > 1 - tail) {
        const double q = sqrt(-2 * log(p < tail ? p : 1 - p));
        const double z = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
                         ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        return p < tail ? z : -z;
    }
    const double q = p - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

double ful_normal_quantile(double p)
{
    if (p > 0.5)
        return -ful_normal_quantile(1 - p); /* the lower tail keeps its relative accuracy */
    const double root_two_pi = 2.50662827463100050242;
    double z = quantile_guess(p);
    /* one Halley step on the distribution function */
    const double e = 0.5 * erfc(-z * 0.70710678118654752440) - p;
    const double u = e * root_two_pi * exp(0.5 * z * z);
    return z - u / (1 + 0.5 * z * u);
}
