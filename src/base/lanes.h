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
 * Numbers of which only the upper half of a float is kept: two digits in half the memory, enough
 * for what shapes a step and is in no number that is shown. They stand in stretches of 32: word k
 * of the 16 of a stretch holds number k in its lower half and number k + 16 in its upper.
 */
typedef uint32_t ful__w16 __attribute__((vector_size(64), aligned(4), may_alias));
#define FUL__W16(p) (*(const ful__w16 *)(p))
#define FUL__LOWER(w) ((ful__f16)((w) << 16))
#define FUL__UPPER(w) ((ful__f16)((w)&0xffff0000u))

/* words of a row of n such numbers; it counts as 32 numbers for each 16 words */
static inline int ful__half_words(int n)
{
    return (n + 31) / 32 * 16;
}

/* a word of the nearest upper halves of two floats: within 2^-8 of them */
static inline uint32_t ful__halves(float lower, float upper)
{
    uint32_t l, u;
    memcpy(&l, &lower, sizeof l);
    memcpy(&u, &upper, sizeof u);
    l += 0x7fff + (l >> 16 & 1);
    u += 0x7fff + (u >> 16 & 1);
    return l >> 16 | (u & 0xffff0000u);
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

/* the same of a row of halves and of floats, zero where there is no number */
FUL__ALWAYS float ful__product_h(int words, const uint32_t *a, const float *b)
{
    ful__f16 s = {0};
    for (int k = 0; k < words; k += 16) {
        const ful__w16 w = FUL__W16(a + k);
        s += FUL__LOWER(w) * FUL__F16(b + 2 * k) + FUL__UPPER(w) * FUL__F16(b + 2 * k + 16);
    }
    const ful__f8 h = __builtin_shufflevector(s, s, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(s, s, 8, 9, 10, 11, 12, 13, 14, 15);
    return ((h[0] + h[1]) + (h[2] + h[3])) + ((h[4] + h[5]) + (h[6] + h[7]));
}

/* out = sum_r x_r A_r over rows of halves, `words` apart: no sum across lanes */
FUL__ALWAYS void ful__combine_h(int rows, int words, const uint32_t *A, const float *x, float *out)
{
    for (int k = 0; k < words; k += 16) {
        ful__f16 s = {0}, t = {0};
        for (int r = 0; r < rows; r++) {
            const ful__w16 w = FUL__W16(A + r * words + k);
            s += x[r] * FUL__LOWER(w);
            t += x[r] * FUL__UPPER(w);
        }
        *(ful__f16 *)(out + 2 * k) = s;
        *(ful__f16 *)(out + 2 * k + 16) = t;
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

/* four numbers of each of four rows to four columns */
FUL__ALWAYS void ful__transpose_four(const double *from, int lead, double *to, int to_lead)
{
    const ful__d4 a = FUL__D4(from), b = FUL__D4(from + lead);
    const ful__d4 c = FUL__D4(from + 2 * lead), d = FUL__D4(from + 3 * lead);
    const ful__d4 ab = __builtin_shufflevector(a, b, 0, 4, 2, 6);
    const ful__d4 ba = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const ful__d4 cd = __builtin_shufflevector(c, d, 0, 4, 2, 6);
    const ful__d4 dc = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    *(ful__d4 *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(ful__d4 *)(to + to_lead) = __builtin_shufflevector(ba, dc, 0, 1, 4, 5);
    *(ful__d4 *)(to + 2 * to_lead) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(ful__d4 *)(to + 3 * to_lead) = __builtin_shufflevector(ba, dc, 2, 3, 6, 7);
}

/* to_kr = from_rk, rows `lead` and `to_lead` apart */
FUL__ALWAYS void ful__transpose(int rows, int columns, const double *from, int lead, double *to,
                                int to_lead)
{
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
        int k = 0;
        for (; k + 4 <= columns; k += 4)
            ful__transpose_four(from + r * lead + k, lead, to + k * to_lead + r, to_lead);
        for (; k < columns; k++)
            for (int q = r; q < r + 4; q++)
                to[k * to_lead + q] = from[q * lead + k];
    }
    for (; r < rows; r++)
        for (int k = 0; k < columns; k++)
            to[k * to_lead + r] = from[r * lead + k];
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
