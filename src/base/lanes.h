/* SPDX-License-Identifier: MIT */
/*
 * Sums over arrays in fixed lanes: the order of summation stands in the source, so the bits are the
 * same for every vector width, and a compiler need not guess how to use its vectors. Private to the
 * library; callers are marked FUL_CLONES.
 */
#ifndef FULCRUM_BASE_LANES_H
#define FULCRUM_BASE_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A copy in every caller, compiled for the vectors of that clone. */
#define FUL__ALWAYS static inline __attribute__((always_inline))

/* Eight or four doubles, or sixteen or eight floats, at any address of their element type. A target
 * with narrower vectors takes them in pieces. */
typedef double ful__d8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef float ful__f16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef double ful__d4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef float ful__f8 __attribute__((vector_size(32), aligned(4), may_alias));

#define FUL__D8(p) (*(const ful__d8 *)(p))
#define FUL__D4(p) (*(const ful__d4 *)(p))
#define FUL__F16(p) (*(const ful__f16 *)(p))
#define FUL__F8(p) (*(const ful__f8 *)(p))
/* eight floats as doubles */
#define FUL__D8_OF_FLOATS(p) __builtin_convertvector(FUL__F8(p), ful__d8)

/* Have the cache lines of `bytes` from `from` on their way while something else is calculated. */
FUL__ALWAYS void ful__fetch(const void *from, size_t bytes)
{
    for (size_t k = 0; k < bytes; k += 64)
        __builtin_prefetch((const char *)from + k);
}

/*
 * Sixteen or eight numbers of which only the upper half of a float is kept: two digits at half the
 * memory, enough for what shapes a step and is in no sum that is shown.
 */
typedef uint16_t ful__h16 __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint16_t ful__h8 __attribute__((vector_size(16), aligned(2), may_alias));
typedef uint32_t ful__w16 __attribute__((vector_size(64)));
typedef uint32_t ful__w8 __attribute__((vector_size(32)));

#define FUL__F16_OF_HALVES(p)                                                                      \
    ((ful__f16)(__builtin_convertvector(*(const ful__h16 *)(p), ful__w16) << 16))
#define FUL__F8_OF_HALVES(p)                                                                       \
    ((ful__f8)(__builtin_convertvector(*(const ful__h8 *)(p), ful__w8) << 16))

/* the nearest upper half of a float, and back: within 2^-9 of it */
static inline uint16_t ful__half(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float ful__of_half(uint16_t half)
{
    const uint32_t bits = (uint32_t)half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#define FUL__LOW(s) __builtin_shufflevector(s, s, 0, 1, 2, 3)
#define FUL__HIGH(s) __builtin_shufflevector(s, s, 4, 5, 6, 7)

/* the sum of eight lanes */
FUL__ALWAYS double ful__fold(const ful__d8 *lanes)
{
    const ful__d4 s = FUL__LOW(*lanes) + FUL__HIGH(*lanes);
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* the same of four times eight lanes */
FUL__ALWAYS void ful__fold_four(const ful__d8 *lanes, double *out)
{
    const ful__d4 a = FUL__LOW(lanes[0]) + FUL__HIGH(lanes[0]);
    const ful__d4 b = FUL__LOW(lanes[1]) + FUL__HIGH(lanes[1]);
    const ful__d4 c = FUL__LOW(lanes[2]) + FUL__HIGH(lanes[2]);
    const ful__d4 d = FUL__LOW(lanes[3]) + FUL__HIGH(lanes[3]);
    const ful__d4 ab =
        __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const ful__d4 cd =
        __builtin_shufflevector(c, d, 0, 4, 2, 6) + __builtin_shufflevector(c, d, 1, 5, 3, 7);
    *(ful__d4 *)out =
        __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

/* sum_k a_k b_k */
FUL__ALWAYS double ful__product(int n, const double *a, const double *b)
{
    ful__d8 s = {0}, t = {0};
    double tail = 0;
    int k = 0;
    for (; k + 16 <= n; k += 16) {
        s += FUL__D8(a + k) * FUL__D8(b + k);
        t += FUL__D8(a + k + 8) * FUL__D8(b + k + 8);
    }
    for (; k + 8 <= n; k += 8)
        s += FUL__D8(a + k) * FUL__D8(b + k);
    for (; k < n; k++)
        tail += a[k] * b[k];
    s += t;
    return ful__fold(&s) + tail;
}

/* sum_k a_k */
FUL__ALWAYS double ful__sum(int n, const double *a)
{
    ful__d8 s = {0};
    double tail = 0;
    int k = 0;
    for (; k + 8 <= n; k += 8)
        s += FUL__D8(a + k);
    for (; k < n; k++)
        tail += a[k];
    return ful__fold(&s) + tail;
}

/* sum_k a_k b_k of four rows a, `lead` apart, over whole vectors: n is a multiple of eight */
FUL__ALWAYS void ful__product_four(int n, const double *a, size_t lead, const double *b,
                                   double *out)
{
    ful__d8 s[4] = {{0}, {0}, {0}, {0}};
    for (int k = 0; k < n; k += 8) {
        const ful__d8 x = FUL__D8(b + k);
        s[0] += FUL__D8(a + k) * x;
        s[1] += FUL__D8(a + lead + k) * x;
        s[2] += FUL__D8(a + 2 * lead + k) * x;
        s[3] += FUL__D8(a + 3 * lead + k) * x;
    }
    ful__fold_four(s, out);
}

/* sum_k a_k b_k of floats, in single precision */
FUL__ALWAYS float ful__product_f(int n, const float *a, const float *b)
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

/* the same where a are halves */
FUL__ALWAYS float ful__product_h(int n, const uint16_t *a, const float *b)
{
    ful__f8 s = {0};
    float tail = 0;
    int k = 0;
    for (; k + 8 <= n; k += 8)
        s += FUL__F8_OF_HALVES(a + k) * FUL__F8(b + k);
    for (; k < n; k++)
        tail += ful__of_half(a[k]) * b[k];
    return (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))) + tail;
}

/* out = sum_r x_r A_r over rows of `lead` halves, a multiple of eight: no sum across lanes. Wide
 * stretches first, so that rows are read as they lie. */
FUL__ALWAYS void ful__combine_h(int rows, int lead, const uint16_t *A, const float *x, float *out)
{
    int k = 0;
    for (; k + 32 <= lead; k += 32) {
        ful__f16 s = {0}, t = {0};
        for (int r = 0; r < rows; r++) {
            s += x[r] * FUL__F16_OF_HALVES(A + r * lead + k);
            t += x[r] * FUL__F16_OF_HALVES(A + r * lead + k + 16);
        }
        *(ful__f16 *)(out + k) = s;
        *(ful__f16 *)(out + k + 16) = t;
    }
    for (; k < lead; k += 8) {
        ful__f8 s = {0}, t = {0};
        int r = 0;
        for (; r + 2 <= rows; r += 2) {
            s += x[r] * FUL__F8_OF_HALVES(A + r * lead + k);
            t += x[r + 1] * FUL__F8_OF_HALVES(A + (r + 1) * lead + k);
        }
        if (r < rows)
            s += x[r] * FUL__F8_OF_HALVES(A + r * lead + k);
        *(ful__f8 *)(out + k) = s + t;
    }
}

/* the same where rows are doubles */
FUL__ALWAYS void ful__combine(int rows, int lead, const double *A, const double *x, double *out)
{
    int k = 0;
    for (; k + 32 <= lead; k += 32) {
        ful__d8 s = {0}, t = {0}, u = {0}, v = {0};
        for (int r = 0; r < rows; r++) {
            const double *row = A + r * lead + k;
            s += x[r] * FUL__D8(row);
            t += x[r] * FUL__D8(row + 8);
            u += x[r] * FUL__D8(row + 16);
            v += x[r] * FUL__D8(row + 24);
        }
        *(ful__d8 *)(out + k) = s;
        *(ful__d8 *)(out + k + 8) = t;
        *(ful__d8 *)(out + k + 16) = u;
        *(ful__d8 *)(out + k + 24) = v;
    }
    for (; k < lead; k += 8) {
        ful__d8 s = {0}, t = {0};
        int r = 0;
        for (; r + 2 <= rows; r += 2) {
            s += x[r] * FUL__D8(A + r * lead + k);
            t += x[r + 1] * FUL__D8(A + (r + 1) * lead + k);
        }
        if (r < rows)
            s += x[r] * FUL__D8(A + r * lead + k);
        *(ful__d8 *)(out + k) = s + t;
    }
}

/* the largest of |x|; a NaN is larger than all */
FUL__ALWAYS double ful__largest(int n, const double *x)
{
    uint64_t bits = 0; /* of a number without its sign, in the order of the numbers */
    double largest;
    for (int k = 0; k < n; k++) {
        uint64_t b;
        memcpy(&b, x + k, sizeof b);
        b &= UINT64_C(0x7fffffffffffffff);
        bits = b > bits ? b : bits;
    }
    memcpy(&largest, &bits, sizeof largest);
    return largest;
}

/* whether all of x lie within [low, high]; a NaN does not */
FUL__ALWAYS int ful__within(size_t count, const double *x, double low, double high)
{
    int in = 1;
    for (size_t k = 0; k < count; k++)
        in &= (x[k] >= low) & (x[k] <= high);
    return in;
}

#endif
