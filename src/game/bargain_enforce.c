/* SPDX-License-Identifier: MIT */
/*
 * The enforcers' moves, one after the other. What follows a joint level does not depend on the
 * level before it. So weights are computed once for each level, and what an enforcer makes of them
 * from each earlier level is a sum over the window of a step: separable over its groups, a few
 * additions for each entry. Where the utilities of a node spread so far that weights would
 * underflow, or at infinite precision, each window is taken by itself.
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

/* exp(-600) is 1e-261: sums of such weights keep all their digits. */
#define LARGEST_EXPONENT 600

/* ---- arithmetic on rows: the same order of operations in every clone ------------------------- */

FUL_CLONES static void row_weights(ful__real *restrict out, const double *restrict w,
                                   const ful__real *restrict u, ful__real top, ful__real lambda,
                                   int n)
{
    for (int e = 0; e < n; e++)
        out[e] = w[e] * ful__real_exp(lambda * (u[e] - top));
}

FUL_CLONES static void row_product(ful__real *restrict out, const ful__real *restrict a,
                                   const ful__real *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = a[e] * b[e];
}

FUL_CLONES static void row_times(ful__real *restrict out, const ful__real *restrict a, int n)
{
    for (int e = 0; e < n; e++)
        out[e] *= a[e];
}

FUL_CLONES static void row_inverse(ful__real *restrict out, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = 1 / out[e];
}

/* Each entry and its neighbours a step of this group below and above, where there are any. */
FUL_CLONES static void row_neighbours(ful__real *restrict out, const ful__real *restrict in,
                                      const double *restrict below, const double *restrict above,
                                      int stride, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = in[e] + below[e] * in[e - stride] + above[e] * in[e + stride];
}

/* ---- windows --------------------------------------------------------------------------------- */

/* One group where all levels on one side are within reach: above for side 1, below for -1; and on
 * the other side one step, unless it is an adoption. */
static void sum_side(ful__real *out, const ful__real *in, const ful_bargain *g, int group, int side)
{
    const int L = g->levels[group], stride = g->stride[group], first = side > 0 ? L - 1 : 0;
    for (int block = 0; block < g->E; block += L * stride)
        for (int k = block; k < block + stride; k++) {
            ful__real sum = 0;
            for (int step = 0, l = first; step < L; step++, l -= side) {
                const int next = l - side, steps_back = next >= 0 && next < L;
                sum += in[k + l * stride];
                out[k + l * stride] = sum;
                if (steps_back && !g->adoption[group])
                    out[k + l * stride] += in[k + next * stride];
            }
        }
}

/* Sums of what can be reached from each entry for side 1, of what it can be reached from for -1. */
static void window_sums(ful__real *out, ful__real *spare, const ful__real *in, const ful_bargain *g,
                        int enforcer, ful__range range, int side)
{
    ful__real *middle = ROW(spare, 1); /* a row with room on both sides */
    int first = 1;
    for (int group = 0; group < g->G; group++) {
        const double *below = ROW(g->below, group), *above = ROW(g->above, group);
        if (g->owner[group] != enforcer)
            continue;
        memcpy(middle, first ? in : out, (size_t)g->E * sizeof *in);
        first = 0;
        if (range == FUL__LIFTED)
            sum_side(out, middle, g, group, side);
        else
            row_neighbours(out, middle, g->adoption[group] && side > 0 ? g->never : below,
                           g->adoption[group] && side < 0 ? g->never : above, g->stride[group],
                           g->E);
    }
}

void ful__window_sums(ful__real *out, ful__real *spare, const ful__real *in, const ful_bargain *g,
                      int enforcer, ful__range range)
{
    window_sums(out, spare, in, g, enforcer, range, 1);
}

void ful__window_sums_into(ful__real *out, ful__real *spare, const ful__real *in,
                           const ful_bargain *g, int enforcer, ful__range range)
{
    window_sums(out, spare, in, g, enforcer, range, -1);
}

/* ---- one enforcer's choice ------------------------------------------------------------------- */

static size_t kept(const ful_bargain *g, const ful__at *at, int enforcer)
{
    return (size_t)at->number * (size_t)g->enforcers + (size_t)enforcer;
}

/* Choice probabilities over the `count` levels in w->window. */
static const ful__real *choose_in_window(const ful_bargain *g, ful_bargain_work *w, int enforcer,
                                         const ful__real *utility, int count)
{
    ful__real *u = w->choice, *p = ROW(w->choice, 1);
    for (int k = 0; k < count; k++) {
        w->menu[k] = g->enforcer[enforcer].weight[w->window[k]];
        u[k] = utility[w->window[k]];
    }
    ful__logit(p, count, w->menu, u, w->lambda[FUL_E + enforcer]);
    return p;
}

static void solve_direct(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                         const ful__at *at, int enforcer, const ful__real *value)
{
    const ful__real *utility = ROW(value, FUL_E + enforcer);
    memcpy(ROW(w->enforcer, kept(g, at, enforcer)), utility, (size_t)g->E * sizeof *out);
    for (int e = 0; e < g->E; e++) {
        const int count = ful__window(w->window, g, enforcer, e, ful__reach(g, at->sub));
        const ful__real *p = choose_in_window(g, w, enforcer, utility, count);
        for (int row = 0; row < w->rows; row++) {
            ful__real sum = 0;
            for (int k = 0; k < count; k++)
                sum += p[k] * ROW(value, row)[w->window[k]];
            ROW(out, row)[e] = sum;
        }
    }
}

static void solve_separable(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                            const ful__at *at, int enforcer, const ful__real *value, ful__real top)
{
    ful__real *product = w->scratch, *spare = ROW(w->scratch, 1);
    ful__real *weight = ROW(w->enforcer, kept(g, at, enforcer));
    ful__real *inverse = ROW(w->inverse, kept(g, at, enforcer));
    const ful__range range = ful__reach(g, at->sub);
    row_weights(weight, g->enforcer[enforcer].weight, ROW(value, FUL_E + enforcer), top,
                w->lambda[FUL_E + enforcer], g->E);
    ful__window_sums(inverse, spare, weight, g, enforcer, range);
    row_inverse(inverse, g->E);
    for (int row = 0; row < w->rows; row++) {
        row_product(product, weight, ROW(value, row), g->E);
        ful__window_sums(ROW(out, row), spare, product, g, enforcer, range);
        row_times(ROW(out, row), inverse, g->E);
    }
}

/* Values of choosing a level become values of having the level before. */
static void solve_enforcer(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                           const ful__at *at, int enforcer, const ful__real *value)
{
    const ful__real *u = ROW(value, FUL_E + enforcer);
    const double lambda = ful__re(w->lambda[FUL_E + enforcer]);
    ful__real top = u[0];
    double bottom = ful__re(u[0]);
    for (int e = 1; e < g->E; e++) {
        top = ful__re(u[e]) > ful__re(top) ? u[e] : top;
        bottom = ful__re(u[e]) < bottom ? ful__re(u[e]) : bottom;
    }
    const int separable = lambda * (ful__re(top) - bottom) < LARGEST_EXPONENT;
    w->mode[kept(g, at, enforcer)] = separable ? FUL__SEPARABLE : FUL__DIRECT;
    if (at->t == 0)
        memcpy(ROW(w->first, kept(g, at, enforcer)), u, (size_t)g->E * sizeof *u);
    if (w->witness)
        w->witness(w->witness_user, g, w, at, FUL_E + enforcer, 1, &value);
    if (separable)
        solve_separable(out, g, w, at, enforcer, value, top);
    else
        solve_direct(out, g, w, at, enforcer, value);
}

void ful__solve_enforcers(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                          const ful__at *at)
{
    if (!ful__enforcers_move(g, at->t, at->sub)) {
        memset(w->mode + kept(g, at, 0), FUL__FORCED, (size_t)g->enforcers);
        memcpy(out, w->stage[0], (size_t)w->rows * (size_t)g->E * sizeof *out);
        return;
    }
    if (g->simultaneous) {
        memset(w->mode + kept(g, at, 0), FUL__TOGETHER, (size_t)g->enforcers);
        ful__solve_together(out, g, w, at);
        return;
    }
    for (int m = g->enforcers - 1, from = 0; m >= 0; m--, from = !from)
        solve_enforcer(m ? w->stage[!from] : out, g, w, at, g->order[m], w->stage[from]);
}

/* ---- following ------------------------------------------------------------------------------- */

/* Where one enforcer's choice takes the mass at the levels before it. */
static void follow_enforcer(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                            const ful__at *at, int enforcer, const ful__real *from)
{
    const size_t k = kept(g, at, enforcer);
    const ful__range range = ful__reach(g, at->sub);
    if (w->mode[k] == FUL__SEPARABLE) {
        row_product(w->scratch, from, ROW(w->inverse, k), g->E);
        ful__window_sums_into(out, ROW(w->scratch, 1), w->scratch, g, enforcer, range);
        row_times(out, ROW(w->enforcer, k), g->E);
        return;
    }
    memset(out, 0, (size_t)g->E * sizeof *out);
    for (int e = 0; e < g->E; e++) {
        if (from[e] == 0)
            continue;
        const int count = ful__window(w->window, g, enforcer, e, range);
        const ful__real *p = choose_in_window(g, w, enforcer, ROW(w->enforcer, k), count);
        for (int j = 0; j < count; j++)
            out[w->window[j]] += from[e] * p[j];
    }
}

void ful__choose_enforcement(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                             const ful__at *at, const ful__real *from, int until)
{
    const int mode = w->mode[kept(g, at, 0)];
    if (mode == FUL__FORCED || until == 0 || (mode == FUL__TOGETHER && until < g->enforcers)) {
        memcpy(out, from, (size_t)g->E * sizeof *out);
        return;
    }
    if (mode == FUL__TOGETHER) {
        ful__choose_together(out, g, w, at, from);
        return;
    }
    for (int m = 0; m < until; m++) {
        ful__real *to = (until - 1 - m) % 2 ? ROW(w->scratch, 4) : out;
        follow_enforcer(to, g, w, at, g->order[m], from);
        from = to;
    }
}

/* Its best utility where the contract is met less the best elsewhere, over its whole grid. */
static ful__real slack_at(const ful_bargain *g, ful_bargain_work *w, int enforcer,
                          const ful__real *utility, int e)
{
    const double *meets = g->enforcer[enforcer].meets;
    ful__real best[2] = {-INFINITY, -INFINITY};
    const int count = ful__window(w->window, g, enforcer, e, FUL__GRID);
    for (int k = 0; k < count; k++) {
        const ful__real u = utility[w->window[k]];
        ful__real *of = best + (meets[w->window[k]] > 0);
        *of = ful__re(u) > ful__re(*of) ? u : *of;
    }
    return best[1] - best[0];
}

void ful__first_choices(ful__real *meets, ful__real *slack, const ful_bargain *g,
                        ful_bargain_work *w, const ful__at *at, const ful__real *from)
{
    ful__real *before = ROW(w->scratch, 5), *after = ROW(w->scratch, 6);
    if (g->simultaneous) {
        ful__first_together(meets, slack, g, w, at, from);
        return;
    }
    for (int m = 0; m < g->enforcers; m++) {
        const int enforcer = g->order[m];
        const ful__real *utility = ROW(w->first, kept(g, at, enforcer));
        ful__choose_enforcement(before, g, w, at, from, m);
        ful__choose_enforcement(after, g, w, at, from, m + 1);
        for (int e = 0; e < g->E; e++) {
            meets[enforcer] += after[e] * g->enforcer[enforcer].meets[e];
            if (before[e] != 0)
                slack[enforcer] += before[e] * slack_at(g, w, enforcer, utility, e);
        }
    }
}
