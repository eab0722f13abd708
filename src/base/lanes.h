/* SPDX-License-Identifier: MIT */
/*
 * Sums over arrays in fixed lanes: the order of summation stands in the source, so the bits are the
 * same for every vector width, and a compiler need not guess how to use its vectors. Private to the
 * library; callers are marked FUL_CLONES.
 */
#ifndef FULCRUM_BASE_LANES_H
#define FULCRUM_BASE_LANES_H

#include <stddef.h>

/* Four doubles or eight floats at any address of their element type. */
typedef double ful__v4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef float ful__f8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float ful__f4 __attribute__((vector_size(16), aligned(4), may_alias));

#define FUL__V4(p) (*(const ful__v4 *)(p))
#define FUL__F8(p) (*(const ful__f8 *)(p))
/* four floats as doubles */
#define FUL__V4_OF_FLOATS(p) __builtin_convertvector(*(const ful__f4 *)(p), ful__v4)

/* the sum of eight lanes */
#define FUL__FOLD(s, t)                                                                            \
    ((((s)[0] + (s)[1]) + ((s)[2] + (s)[3])) + (((t)[0] + (t)[1]) + ((t)[2] + (t)[3])))

/* sum_k a_k b_k */
static inline double ful__product(int n, const double *a, const double *b)
{
    ful__v4 s = {0}, t = {0};
    double tail = 0;
    int k = 0;
    for (; k + 8 <= n; k += 8) {
        s += FUL__V4(a + k) * FUL__V4(b + k);
        t += FUL__V4(a + k + 4) * FUL__V4(b + k + 4);
    }
    for (; k < n; k++)
        tail += a[k] * b[k];
    return FUL__FOLD(s, t) + tail;
}

/* the same of floats, summed in single precision */
static inline float ful__product_f(int n, const float *a, const float *b)
{
    ful__f8 s = {0};
    float tail = 0;
    int k = 0;
    for (; k + 8 <= n; k += 8)
        s += FUL__F8(a + k) * FUL__F8(b + k);
    for (; k < n; k++)
        tail += a[k] * b[k];
    return (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))) + tail;
}

/* doubles with floats, and floats with floats, summed in double precision */
static inline double ful__product_df(int n, const double *a, const float *b)
{
    ful__v4 s = {0}, t = {0};
    double tail = 0;
    int k = 0;
    for (; k + 8 <= n; k += 8) {
        s += FUL__V4(a + k) * FUL__V4_OF_FLOATS(b + k);
        t += FUL__V4(a + k + 4) * FUL__V4_OF_FLOATS(b + k + 4);
    }
    for (; k < n; k++)
        tail += a[k] * (double)b[k];
    return FUL__FOLD(s, t) + tail;
}

static inline double ful__product_ff(int n, const float *a, const float *b)
{
    ful__v4 s = {0}, t = {0};
    double tail = 0;
    int k = 0;
    for (; k + 8 <= n; k += 8) {
        s += FUL__V4_OF_FLOATS(a + k) * FUL__V4_OF_FLOATS(b + k);
        t += FUL__V4_OF_FLOATS(a + k + 4) * FUL__V4_OF_FLOATS(b + k + 4);
    }
    for (; k < n; k++)
        tail += (double)a[k] * (double)b[k];
    return FUL__FOLD(s, t) + tail;
}

/* out = sum_r x_r A_r over rows of `lead` floats, a multiple of eight: no sum across lanes */
static inline void ful__combine_f(int rows, int lead, const float *A, const float *x, float *out)
{
    for (int k = 0; k < lead; k += 8) {
        ful__f8 s = {0}, t = {0};
        int r = 0;
        for (; r + 2 <= rows; r += 2) {
            s += x[r] * FUL__F8(A + r * lead + k);
            t += x[r + 1] * FUL__F8(A + (r + 1) * lead + k);
        }
        if (r < rows)
            s += x[r] * FUL__F8(A + r * lead + k);
        *(ful__f8 *)(out + k) = s + t;
    }
}

/* the same of doubles, `lead` a multiple of four */
static inline void ful__combine(int rows, int lead, const double *A, const double *x, double *out)
{
    for (int k = 0; k < lead; k += 4) {
        ful__v4 s = {0}, t = {0};
        int r = 0;
        for (; r + 2 <= rows; r += 2) {
            s += x[r] * FUL__V4(A + r * lead + k);
            t += x[r + 1] * FUL__V4(A + (r + 1) * lead + k);
        }
        if (r < rows)
            s += x[r] * FUL__V4(A + r * lead + k);
        *(ful__v4 *)(out + k) = s + t;
    }
}

/* whether all of x lie within [low, high]; a NaN does not */
static inline int ful__within(size_t count, const double *x, double low, double high)
{
    typedef long long mask __attribute__((vector_size(32)));
    mask in = {-1, -1, -1, -1};
    int rest = 1;
    size_t k = 0;
    for (; k + 4 <= count; k += 4)
        in &= (FUL__V4(x + k) >= low) & (FUL__V4(x + k) <= high);
    for (; k < count; k++)
        rest &= x[k] >= low && x[k] <= high;
    return in[0] && in[1] && in[2] && in[3] && rest;
}

#endif
