/* SPDX-License-Identifier: MIT */
/*
 * Sums over what an enforcer can reach from each level, or over what each level can be reached
 * from. They are separable over its groups: one pass for each, a few additions for each entry, with
 * rows of doubles whatever the arithmetic, since a sum of complex numbers is two sums.
 */
#include "game/bargain_internal.h"

#include <string.h>

#include "base/clones.h"
#include "base/lanes.h"

#define LANES 4
#define WIDE 8
#define DOUBLES ((int)(sizeof(ful__real) / sizeof(double)))

/* Each entry, and its neighbours a step below and above in blocks of `levels` times `stride`, which
 * is a multiple of the vector's lanes. `down`, `up`: 1 if they count, else 0. */
#define STEP_BLOCKS(name, vector)                                                                  \
    FUL_CLONES static void name(double *restrict out, const double *restrict in, int stride,       \
                                int levels, double down, double up, int n)                         \
    {                                                                                              \
        for (int block = 0; block < n; block += levels * stride)                                   \
            for (int k = block; k < block + stride; k += (int)(sizeof(vector) / sizeof *in)) {     \
                vector before = {0}, at = *(const vector *)(in + k);                               \
                for (int l = 0; l < levels; l++) {                                                 \
                    const int next = k + (l + 1 < levels ? l + 1 : l) * stride;                    \
                    const vector after = *(const vector *)(in + next);                             \
                    const double room = l + 1 < levels ? up : 0;                                   \
                    *(vector *)(out + k + l * stride) = at + down * before + room * after;         \
                    before = at;                                                                   \
                    at = after;                                                                    \
                }                                                                                  \
            }                                                                                      \
    }
STEP_BLOCKS(step_wide_blocks, ful__d8)
STEP_BLOCKS(step_blocks, ful__d4)

/* The same for any stride, with tables of what counts, 1 or 0. Entries beyond the row are read and
 * count for nothing. */
FUL_CLONES static void step_row(ful__real *restrict out, const ful__real *restrict in,
                                const double *restrict below, const double *restrict above,
                                int stride, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = in[e] + below[e] * in[e - stride] + above[e] * in[e + stride];
}

/* All levels on one side, above for side 1 and below for -1, and one step on the other, if `step`
 * is 1. */
FUL_CLONES static void side_blocks(double *restrict out, const double *restrict in, int stride,
                                   int levels, int side, double step, int n)
{
    const int first = side > 0 ? levels - 1 : 0;
    for (int block = 0; block < n; block += levels * stride)
        for (int k = block; k < block + stride; k += LANES) {
            ful__d4 sum = {0};
            for (int turn = 0, l = first; turn < levels; turn++, l -= side) {
                const int last = turn + 1 == levels;
                const ful__d4 back = FUL__D4(in + k + (last ? l : l - side) * stride);
                sum += FUL__D4(in + k + l * stride);
                *(ful__d4 *)(out + k + l * stride) = sum + (last ? 0 : step) * back;
            }
        }
}

static void side_row(ful__real *out, const ful__real *in, int stride, int levels, int side,
                     double step, int n)
{
    const int first = side > 0 ? levels - 1 : 0;
    for (int block = 0; block < n; block += levels * stride)
        for (int k = block; k < block + stride; k++) {
            ful__real sum = 0;
            for (int turn = 0, l = first; turn < levels; turn++, l -= side) {
                sum += in[k + l * stride];
                out[k + l * stride] = sum;
                if (turn + 1 < levels)
                    out[k + l * stride] += step * in[k + (l - side) * stride];
            }
        }
}

/* One group of `count` rows. An adoption is never taken back: there is nothing below to reach, and
 * nothing above to come from. */
static void sum_group(ful__real *out, ful__real *in, int count, const ful_bargain *g, int group,
                      ful__range range, int side)
{
    const int stride = g->stride[group], levels = g->levels[group], all = count * g->E;
    const int falls = !g->adoption[group], whole = stride * DOUBLES % LANES == 0;
    const int down = falls || side < 0, up = falls || side > 0;
    double *sums = (double *)out;
    const double *from = (const double *)in;
    if (range == FUL__LIFTED && whole)
        side_blocks(sums, from, stride * DOUBLES, levels, side, falls, all * DOUBLES);
    else if (range == FUL__LIFTED)
        side_row(out, in, stride, levels, side, falls, all);
    else if (whole)
        (stride * DOUBLES % WIDE == 0 ? step_wide_blocks : step_blocks)(
            sums, from, stride * DOUBLES, levels, down, up, all * DOUBLES);
    else {
        memset(in - stride, 0, (size_t)stride * sizeof *in);
        memset(in + all, 0, (size_t)stride * sizeof *in);
        for (int row = 0; row < count; row++)
            step_row(ROW(out, row), ROW(in, row), down ? ROW(g->below, group) : g->never,
                     up ? ROW(g->above, group) : g->never, stride, g->E);
    }
}

ful__real *ful__window_sums(ful__real *rows, ful__real *spare, int count, const ful_bargain *g,
                            int enforcer, ful__range range, int side)
{
    for (int group = 0; group < g->G; group++) {
        if (g->owner[group] != enforcer)
            continue;
        sum_group(spare, rows, count, g, group, range, side);
        ful__real *swap = rows;
        rows = spare;
        spare = swap;
    }
    return rows;
}
