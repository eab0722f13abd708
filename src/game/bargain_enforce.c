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

#define LANES 8

/* ---- arithmetic on rows: the same order of operations in every clone ------------------------- */

/* The largest and the smallest real part. */
FUL_CLONES static void row_extremes(double *top, double *bottom, const ful__real *restrict u, int n)
{
    double high[LANES], low[LANES];
    int e = 0;
    for (int k = 0; k < LANES; k++)
        high[k] = low[k] = ful__re(u[0]);
    for (; e + LANES <= n; e += LANES)
        for (int k = 0; k < LANES; k++) {
            const double x = ful__re(u[e + k]);
            high[k] = x > high[k] ? x : high[k];
            low[k] = x < low[k] ? x : low[k];
        }
    for (; e < n; e++) {
        high[0] = ful__re(u[e]) > high[0] ? ful__re(u[e]) : high[0];
        low[0] = ful__re(u[e]) < low[0] ? ful__re(u[e]) : low[0];
    }
    *top = high[0];
    *bottom = low[0];
    for (int k = 1; k < LANES; k++) {
        *top = high[k] > *top ? high[k] : *top;
        *bottom = low[k] < *bottom ? low[k] : *bottom;
    }
}

FUL_CLONES static void row_weights(ful__real *restrict out, const double *restrict w,
                                   const ful__real *restrict u, double top, ful__real lambda, int n)
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

FUL_CLONES static void row_inverse(ful__real *restrict out, const ful__real *restrict a, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = 1 / a[e];
}

/* Weights become their shares of the sum. */
FUL_CLONES static void row_share(ful__real *p, int n)
{
    ful__real s[LANES] = {0};
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int l = 0; l < LANES; l++)
            s[l] += p[k + l];
    for (; k < n; k++)
        s[0] += p[k];
    const ful__real by = 1 / (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])));
    for (k = 0; k < n; k++)
        p[k] *= by;
}

/* sum_k p_k v[at_k] */
FUL_CLONES static ful__real mean_of(const ful__real *restrict v, const int *restrict at,
                                    const ful__real *restrict p, int n)
{
    ful__real s[LANES] = {0};
    int k = 0;
    for (; k + LANES <= n; k += LANES)
        for (int l = 0; l < LANES; l++)
            s[l] += p[k + l] * v[at[k + l]];
    for (; k < n; k++)
        s[0] += p[k] * v[at[k]];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/* ---- one enforcer's choice ------------------------------------------------------------------- */

/* How, and where, an enforcer's choice is kept: weights or utilities; one over the sums of weights.
 */
static unsigned char *mode_of(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                              int enforcer)
{
    return w->mode + at->number * g->enforcers + enforcer;
}

static ful__real *weights_of(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                             int enforcer)
{
    return ROW(w->policy, at->conduct + g->turn[enforcer]);
}

static ful__real *inverse_of(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                             int enforcer)
{
    return ROW(w->policy, at->conduct + g->movers + g->turn[enforcer]);
}

/* Utilities at nodes of the first period, which has one block. */
static ful__real *first_of(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                           int enforcer)
{
    return ROW(w->first, ful__post_place(g, at) * g->enforcers + enforcer);
}

/* Choice probabilities over the `count` levels in w->window. */
static const ful__real *choose_in_window(const ful_bargain *g, ful_bargain_work *w, int enforcer,
                                         const ful__real *utility, int count)
{
    const ful__real lambda = w->lambda[FUL_E + enforcer];
    ful__real *u = w->choice, *p = ROW(w->choice, 1);
    double top = -INFINITY;
    for (int k = 0; k < count; k++) {
        w->menu[k] = g->enforcer[enforcer].weight[w->window[k]];
        u[k] = utility[w->window[k]];
        top = ful__re(u[k]) > top ? ful__re(u[k]) : top;
    }
    if (isinf(ful__re(lambda))) {
        ful__logit(p, count, w->menu, u, lambda);
        return p;
    }
    row_weights(p, w->menu, u, top, lambda, count);
    row_share(p, count);
    return p;
}

static void solve_direct(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                         const ful__at *at, int enforcer, const ful__real *value)
{
    const ful__real *utility = ROW(value, FUL_E + enforcer);
    memcpy(weights_of(g, w, at, enforcer), utility, (size_t)g->E * sizeof *out);
    for (int e = 0; e < g->E; e++) {
        const int count = ful__window(w->window, g, enforcer, e, ful__reach(g, at->sub));
        const ful__real *p = choose_in_window(g, w, enforcer, utility, count);
        for (int row = 0; row < w->rows; row++)
            ROW(out, row)[e] = mean_of(ROW(value, row), w->window, p, count);
    }
}

/* Weights and weighted values are summed over windows together. */
static void solve_separable(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                            const ful__at *at, int enforcer, const ful__real *value, double top)
{
    ful__real *weight = weights_of(g, w, at, enforcer), *inverse = inverse_of(g, w, at, enforcer);
    row_weights(weight, g->enforcer[enforcer].weight, ROW(value, FUL_E + enforcer), top,
                w->lambda[FUL_E + enforcer], g->E);
    memcpy(w->moving, weight, (size_t)g->E * sizeof *weight);
    for (int row = 0; row < w->rows; row++)
        row_product(ROW(w->moving, row + 1), weight, ROW(value, row), g->E);
    const ful__real *sum =
        ful__window_sums(w->moving, w->spare, w->rows + 1, g, enforcer, ful__reach(g, at->sub), 1);
    row_inverse(inverse, sum, g->E);
    for (int row = 0; row < w->rows; row++)
        row_product(ROW(out, row), ROW(sum, row + 1), inverse, g->E);
}

/* Values of choosing a level become values of having the level before. */
static void solve_enforcer(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                           const ful__at *at, int enforcer, const ful__real *value)
{
    const ful__real *u = ROW(value, FUL_E + enforcer);
    double top, bottom;
    row_extremes(&top, &bottom, u, g->E);
    const int separable = ful__re(w->lambda[FUL_E + enforcer]) * (top - bottom) < LARGEST_EXPONENT;
    *mode_of(g, w, at, enforcer) = separable ? FUL__SEPARABLE : FUL__DIRECT;
    if (at->t == 0)
        memcpy(first_of(g, w, at, enforcer), u, (size_t)g->E * sizeof *u);
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
    if (g->simultaneous) {
        memset(mode_of(g, w, at, 0), FUL__TOGETHER, (size_t)g->enforcers);
        ful__solve_together(out, g, w, at);
        return;
    }
    for (int m = g->movers - 1, from = 0; m >= 0; m--, from = !from)
        solve_enforcer(m ? w->stage[!from] : out, g, w, at, g->order[m], w->stage[from]);
}

/* ---- following ------------------------------------------------------------------------------- */

static void follow_direct(ful__real *const *mass, int count, const ful_bargain *g,
                          ful_bargain_work *w, const ful__at *at, int enforcer)
{
    for (int row = 0; row < count; row++) {
        memcpy(ROW(w->moving, row), mass[row], (size_t)g->E * sizeof *w->moving);
        memset(mass[row], 0, (size_t)g->E * sizeof *w->moving);
    }
    for (int e = 0; e < g->E; e++) {
        int any = 0;
        for (int row = 0; row < count; row++)
            any |= ROW(w->moving, row)[e] != 0;
        if (!any)
            continue;
        const int levels = ful__window(w->window, g, enforcer, e, ful__reach(g, at->sub));
        const ful__real *p =
            choose_in_window(g, w, enforcer, weights_of(g, w, at, enforcer), levels);
        for (int row = 0; row < count; row++)
            for (int j = 0; j < levels; j++)
                mass[row][w->window[j]] += ROW(w->moving, row)[e] * p[j];
    }
}

/* Where one enforcer's choice takes the mass at the levels before it. */
static void follow_enforcer(ful__real *const *mass, int count, const ful_bargain *g,
                            ful_bargain_work *w, const ful__at *at, int enforcer)
{
    if (*mode_of(g, w, at, enforcer) == FUL__DIRECT) {
        follow_direct(mass, count, g, w, at, enforcer);
        return;
    }
    for (int row = 0; row < count; row++)
        row_product(ROW(w->moving, row), mass[row], inverse_of(g, w, at, enforcer), g->E);
    const ful__real *sum =
        ful__window_sums(w->moving, w->spare, count, g, enforcer, ful__reach(g, at->sub), -1);
    for (int row = 0; row < count; row++)
        row_product(mass[row], ROW(sum, row), weights_of(g, w, at, enforcer), g->E);
}

void ful__choose_enforcement(ful__real *const *mass, int count, const ful_bargain *g,
                             ful_bargain_work *w, const ful__at *at, int until)
{
    if (!ful__enforcers_move(g, at->t, at->sub))
        return;
    if (g->simultaneous) {
        if (until == g->movers)
            ful__choose_together(mass, count, g, w, at);
        return;
    }
    for (int m = 0; m < until; m++)
        follow_enforcer(mass, count, g, w, at, g->order[m]);
}

int ful__levels_chosen(const ful_bargain *g, ful_bargain_work *w, const ful__at *at, int enforcer,
                       int e)
{
    int chosen = 0;
    const int count = ful__window(w->window, g, enforcer, e, ful__reach(g, at->sub));
    if (*mode_of(g, w, at, enforcer) != FUL__DIRECT)
        return count;
    const ful__real *p = choose_in_window(g, w, enforcer, weights_of(g, w, at, enforcer), count);
    for (int k = 0; k < count; k++)
        chosen += ful__re(p[k]) > 0;
    return chosen;
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
    /* where all levels are on one side there is nothing to compare with */
    return isinf(ful__re(best[0])) || isinf(ful__re(best[1])) ? NAN : best[1] - best[0];
}

void ful__first_choices(ful__real *meets, ful__real *slack, const ful_bargain *g,
                        ful_bargain_work *w, const ful__at *at, const ful__real *from)
{
    ful__real *mass = w->scratch;
    if (g->simultaneous) {
        ful__first_together(meets, slack, g, w, at, from);
        return;
    }
    memcpy(mass, from, (size_t)g->E * sizeof *mass);
    for (int m = 0; m < g->movers; m++) {
        const int enforcer = g->order[m];
        const ful__real *utility = first_of(g, w, at, enforcer);
        for (int e = 0; e < g->E; e++)
            if (mass[e] != 0)
                slack[enforcer] += mass[e] * slack_at(g, w, enforcer, utility, e);
        follow_enforcer(&mass, 1, g, w, at, enforcer);
    }
    for (int k = 0; k < g->enforcers; k++)
        for (int e = 0; e < g->E; e++)
            meets[k] += mass[e] * g->enforcer[k].meets[e];
}
