/* SPDX-License-Identifier: MIT */
/*
 * Backward induction on the states of the sanctions game.
 *
 * T's choice after enforcement e does not depend on the enforcement before it. So everything is
 * computed once per (node, e), in rows over e, and what E makes of it from each earlier level is a
 * sum over the window of a step: separable over the groups, a few additions for each entry. Where
 * the utilities of a node spread so far that weights would underflow, or at infinite precision,
 * each window is taken by itself.
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "base/elementary.h"

/* exp(-600) is 1e-261: sums of such weights keep all their digits. */
#define LARGEST_EXPONENT 600

#define ROW(array, index) ((array) + (size_t)(index) * (size_t)g->E)

static double *player_rows(const ful_bargain *g, double *array, int node)
{
    return array + (size_t)node * FUL_PLAYERS * (size_t)g->E;
}

/* ---- arithmetic on rows: the same order of operations in every clone ------------------------- */

FUL_CLONES static void row_exp(double *restrict out, const double *restrict w,
                               const double *restrict u, double top, double lambda, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = w[e] * ful__exp(lambda * (u[e] - top));
}

/* p[a] = w[a] exp(lambda (u[a] - max u)) / sum, for m moves with rows n apart. */
FUL_CLONES static void row_logit(double *restrict p, double *restrict spare,
                                 const double *restrict u, const double *restrict w, int m,
                                 double lambda, int n)
{
    for (int e = 0; e < n; e++)
        spare[e] = u[e];
    for (int a = 1; a < m; a++)
        for (int e = 0; e < n; e++)
            spare[e] = u[a * n + e] > spare[e] ? u[a * n + e] : spare[e];
    for (int a = 0; a < m; a++)
        for (int e = 0; e < n; e++)
            p[a * n + e] = w[a] * ful__exp(lambda * (u[a * n + e] - spare[e]));
    for (int e = 0; e < n; e++)
        spare[e] = p[e];
    for (int a = 1; a < m; a++)
        for (int e = 0; e < n; e++)
            spare[e] += p[a * n + e];
    for (int e = 0; e < n; e++)
        spare[e] = 1 / spare[e];
    for (int a = 0; a < m; a++)
        for (int e = 0; e < n; e++)
            p[a * n + e] *= spare[e];
}

FUL_CLONES static void row_add_scaled(double *restrict out, const double *restrict a,
                                      const double *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += a[e] * b[e];
}

/* out = flow + hazard * lost + (1 - hazard) * out */
FUL_CLONES static void row_survive(double *restrict out, const double *restrict flow,
                                   const double *restrict hazard, double lost, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = flow[e] + hazard[e] * lost + (1 - hazard[e]) * out[e];
}

static void logit(double *p, double *spare, const double *u, const double *w, int m, double lambda,
                  int n)
{
    if (!isinf(lambda)) {
        row_logit(p, spare, u, w, m, lambda, n);
        return;
    }
    for (int e = 0; e < n; e++) {
        double of[4], chosen[4];
        for (int a = 0; a < m; a++)
            of[a] = u[a * n + e];
        ful__logit(chosen, m, w, of, lambda);
        for (int a = 0; a < m; a++)
            p[a * n + e] = chosen[a];
    }
}

/* ---- windows of enforcement ------------------------------------------------------------------ */

/* Each entry and its neighbours a step of this group below and above, where there are any. */
FUL_CLONES static void row_neighbours(double *restrict out, const double *restrict in,
                                      const double *restrict below, const double *restrict above,
                                      int stride, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = in[e] + below[e] * in[e - stride] + above[e] * in[e + stride];
}

/* One group where all levels on one side are within reach, and one step on the other. `side` is 1
 * for all levels above, -1 for all below. */
static void sum_side(double *out, const double *in, const ful_bargain *g, int stride, int side)
{
    const int L = g->L, first = side > 0 ? L - 1 : 0;
    for (int block = 0; block < g->E; block += L * stride)
        for (int k = block; k < block + stride; k++) {
            double sum = 0;
            for (int step = 0, l = first; step < L; step++, l -= side) {
                const int next = l - side;
                sum += in[k + l * stride];
                out[k + l * stride] = sum + (next >= 0 && next < L ? in[k + next * stride] : 0);
            }
        }
}

static void window_sums(double *out, double *spare, const double *in, const ful_bargain *g,
                        int side)
{
    double *middle = spare + g->E; /* a row with room on both sides */
    memcpy(middle, in, (size_t)g->E * sizeof *in);
    for (int group = 0, stride = 1; group < g->G; group++, stride *= g->L) {
        if (group)
            memcpy(middle, out, (size_t)g->E * sizeof *in);
        if (side)
            sum_side(out, middle, g, stride, side);
        else
            row_neighbours(out, middle, ROW(g->below, group), ROW(g->above, group), stride, g->E);
    }
}

void ful__window_sums(double *out, double *spare, const double *in, const ful_bargain *g,
                      int lifted)
{
    window_sums(out, spare, in, g, lifted);
}

void ful__window_sums_into(double *out, double *spare, const double *in, const ful_bargain *g,
                           int lifted)
{
    window_sums(out, spare, in, g, -lifted);
}

/* ---- what follows ---------------------------------------------------------------------------- */

typedef struct place {
    int t, sub, z, k, x; /* a post node */
    int number;          /* of it, among those reachable */
} place;

/* Add chance * V(next) to the rows of a target that S and chance reach at t + 1. */
static void add_next(double *out, const ful_bargain *g, const ful_bargain_work *w, const place *at,
                     int sub, int z, int k, const double *chance)
{
    const int node = ful__node(g, sub, z, k, ful__stands(g, at->t + 1, at->x));
    const double *value = player_rows(g, w->value[1], node);
    for (int i = 0; i < FUL_PLAYERS; i++)
        row_add_scaled(ROW(out, i), chance, ROW(value, i), g->E);
}

/* The expected value of arriving in `sub` at t + 1, over the moves of stress and adaptation. */
static void expect(double *out, const ful_bargain *g, ful_bargain_work *w, const place *at, int sub)
{
    const int relief = g->sub[at->sub].relief;
    memset(out, 0, FUL_PLAYERS * (size_t)g->E * sizeof *out);
    for (int dz = -1; dz <= 1; dz++)
        for (int dk = 0; dk <= 1; dk++) {
            const double *chance = ful__drift(g, at->t, relief, at->z, at->k, dz, dk);
            if (chance)
                add_next(out, g, w, at, ful__arrive(g, at->t + 1, sub), at->z + dz, at->k + dk,
                         chance);
        }
    for (int i = 0; i < FUL_PLAYERS; i++)
        for (int e = 0; e < g->E; e++)
            ROW(out, i)[e] *= g->d[i];
}

/* Discounted continuation values of a target's move, kept for the other nodes with the same relief,
 * stress, adaptation and package. */
static const double *continued(const ful_bargain *g, ful_bargain_work *w, const place *at, int next)
{
    const int slot = next == RESTARTING ? g->subs : next;
    double *out = player_rows(g, w->continued, slot);
    if (w->is_continued[slot])
        return out;
    w->is_continued[slot] = 1;
    if (next != RESTARTING) {
        expect(out, g, w, at, next);
        return out;
    }
    const double *seen = continued(g, w, at, ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0));
    const double *hidden = continued(g, w, at, ful__hidden_sub(g, g->sub[at->sub].relief));
    for (int k = 0; k < FUL_PLAYERS * g->E; k++)
        out[k] = g->p.detection * seen[k] + (1 - g->p.detection) * hidden[k];
    return out;
}

/* ---- T --------------------------------------------------------------------------------------- */

/* T's choice by enforcement, and what it makes the continuation worth: rows of `out`. */
static void solve_target(double *out, const ful_bargain *g, ful_bargain_work *w, const place *at)
{
    ful__target_move move[3];
    const double *next[3];
    double weight[3], *utility = ROW(w->scratch, 1), *p = ROW(w->target, 3 * at->number);
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++) {
        next[a] = continued(g, w, at, move[a].next);
        weight[a] = move[a].weight;
    }
    if (n == 1) {
        memcpy(out, next[0], FUL_PLAYERS * (size_t)g->E * sizeof *out);
        return;
    }
    for (int a = 0; a < n; a++)
        for (int e = 0; e < g->E; e++)
            ROW(utility, a)[e] = move[a].lump + ROW(next[a], FUL_T)[e];
    logit(p, w->scratch, utility, weight, n, w->lambda[FUL_T], g->E);
    memset(out, 0, FUL_PLAYERS * (size_t)g->E * sizeof *out);
    for (int a = 0; a < n; a++)
        for (int i = 0; i < FUL_PLAYERS; i++)
            row_add_scaled(ROW(out, i), ROW(p, a), i == FUL_T ? ROW(utility, a) : ROW(next[a], i),
                           g->E);
}

/* ---- E --------------------------------------------------------------------------------------- */

void ful__direct_choice(double *p, const ful_bargain *g, ful_bargain_work *w, const double *utility,
                        int count)
{
    double *weight = w->choice, *u = ROW(w->choice, 1);
    for (int k = 0; k < count; k++) {
        weight[k] = g->weight[w->window[k]];
        u[k] = utility[w->window[k]];
    }
    ful__logit(p, count, weight, u, w->lambda[FUL_E]);
}

static void solve_direct(double *out, const ful_bargain *g, ful_bargain_work *w, const place *at,
                         const double *value)
{
    double *p = ROW(w->choice, 2);
    memcpy(ROW(w->enforcer, at->number), ROW(value, FUL_E), (size_t)g->E * sizeof *out);
    for (int e = 0; e < g->E; e++) {
        const int count = ful__window(w->window, g, e, ful__lifted(g, at->sub));
        ful__direct_choice(p, g, w, ROW(value, FUL_E), count);
        for (int i = 0; i < FUL_PLAYERS; i++) {
            double sum = 0;
            for (int k = 0; k < count; k++)
                sum += p[k] * ROW(value, i)[w->window[k]];
            ROW(out, i)[e] = sum;
        }
    }
}

/* Values of choosing e become values of having last enforced e. */
static void solve_enforcer(double *out, const ful_bargain *g, ful_bargain_work *w, const place *at,
                           const double *value)
{
    const double *u = ROW(value, FUL_E);
    double top = u[0], bottom = u[0], *product = w->scratch, *spare = ROW(w->scratch, 1);
    double *weight = ROW(w->enforcer, at->number), *inverse = ROW(w->inverse, at->number);
    for (int e = 1; e < g->E; e++) {
        top = u[e] > top ? u[e] : top;
        bottom = u[e] < bottom ? u[e] : bottom;
    }
    if (at->t == 0)
        memcpy(ROW(w->first, at->number), u, (size_t)g->E * sizeof *u);
    if (!(w->lambda[FUL_E] * (top - bottom) < LARGEST_EXPONENT)) {
        w->mode[at->number] = FUL__DIRECT;
        solve_direct(out, g, w, at, value);
        return;
    }
    w->mode[at->number] = FUL__SEPARABLE;
    row_exp(weight, g->weight, u, top, w->lambda[FUL_E], g->E);
    ful__window_sums(inverse, spare, weight, g, ful__lifted(g, at->sub));
    for (int e = 0; e < g->E; e++)
        inverse[e] = 1 / inverse[e];
    for (int i = 0; i < FUL_PLAYERS; i++) {
        for (int e = 0; e < g->E; e++)
            product[e] = weight[e] * ROW(value, i)[e];
        ful__window_sums(ROW(out, i), spare, product, g, ful__lifted(g, at->sub));
        for (int e = 0; e < g->E; e++)
            ROW(out, i)[e] *= inverse[e];
    }
}

/* ---- a post node: E, the period's payoffs, collapse, T --------------------------------------- */

static void solve_post(const ful_bargain *g, ful_bargain_work *w, const place *at)
{
    const int relief = g->sub[at->sub].relief;
    const ful__terms *terms = g->terms + at->t;
    const int pays = at->x && terms->stands;
    const int pledge = pays && terms->troops;
    const double *collapsed = w->collapsed + (at->z * 2 + pledge) * FUL_PLAYERS;
    const double *hazard = ful__hazards(g, at->t, at->x, at->z, relief, at->k);
    const double contract[FUL_PLAYERS] = {-terms->enforced_cost, terms->enforced, 0};
    double *value = ROW(w->scratch, 5), *flow = ROW(w->scratch, 8);
    double *after = player_rows(g, w->after, ful__node(g, at->sub, at->z, at->k, at->x));
    solve_target(value, g, w, at);
    for (int i = 0; i < FUL_PLAYERS; i++) {
        const double constant = ful__constant_flow(g, i, at->t, at->sub, at->x);
        const double *economy = g->flow[i] + ful__row(g, relief, at->k);
        const double paid = pays ? contract[i] : 0;
        for (int e = 0; e < g->E; e++)
            flow[e] = g->dt * (constant + economy[e] + paid * g->pays[e]);
        row_survive(ROW(value, i), flow, hazard, g->d[i] * collapsed[i], g->E);
    }
    if (ful__enforcer_moves(g, at->t, at->sub)) {
        solve_enforcer(after, g, w, at, value);
    } else {
        w->mode[at->number] = FUL__FORCED;
        memcpy(after, value, FUL_PLAYERS * (size_t)g->E * sizeof *after);
    }
}

/* ---- S --------------------------------------------------------------------------------------- */

static void solve_pre(const ful_bargain *g, ful_bargain_work *w, const place *at)
{
    static const double equal[4] = {1, 1, 1, 1};
    ful__sender_move move[4];
    const double *after[4];
    double *utility = w->scratch, *p = ROW(w->sender, 4 * at->number);
    double *value = player_rows(g, w->value[0], ful__node(g, at->sub, at->z, at->k, at->x));
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++)
        after[a] = player_rows(g, w->after, ful__node(g, move[a].sub, at->z, at->k, move[a].x));
    if (n == 1) {
        memcpy(value, after[0], FUL_PLAYERS * (size_t)g->E * sizeof *value);
        return;
    }
    for (int a = 0; a < n; a++)
        for (int e = 0; e < g->E; e++)
            ROW(utility, a)[e] =
                ROW(after[a], FUL_S)[e] -
                (move[a].withdraws ? ful__withdrawal_cost(g, at->t, at->sub, e) : 0);
    logit(p, ROW(w->scratch, 4), utility, equal, n, w->lambda[FUL_S], g->E);
    memset(value, 0, FUL_PLAYERS * (size_t)g->E * sizeof *value);
    for (int a = 0; a < n; a++)
        for (int i = 0; i < FUL_PLAYERS; i++)
            row_add_scaled(ROW(value, i), ROW(p, a),
                           i == FUL_S ? ROW(utility, a) : ROW(after[a], i), g->E);
}

typedef void solve_fn(const ful_bargain *, ful_bargain_work *, const place *);

/* ---- the sweep ------------------------------------------------------------------------------- */

static void solve_horizon(const ful_bargain *g, ful_bargain_work *w, const place *at)
{
    const int pledge = at->x && g->terms[g->H].troops;
    const double *collapsed = w->collapsed + (at->z * 2 + pledge) * FUL_PLAYERS;
    double *value = player_rows(g, w->value[1], ful__node(g, at->sub, at->z, at->k, at->x));
    double v[FUL_PLAYERS];
    for (int e = 0; e < g->E; e++) {
        ful__horizon_values(v, g, at->sub, at->z, at->k, at->x, e, collapsed);
        for (int i = 0; i < FUL_PLAYERS; i++)
            ROW(value, i)[e] = v[i];
    }
}

/* Call `solve` for the reachable nodes of a table, those with relief `relief`, or all if
 * negative. */
static void each(const ful_bargain *g, ful_bargain_work *w, int t, const int *number, int z, int k,
                 int x, int relief, solve_fn *solve)
{
    for (int sub = 0; sub < g->subs; sub++) {
        const int at = number[(size_t)t * (size_t)g->nodes + (size_t)ful__node(g, sub, z, k, x)];
        if (at < 0 || (relief >= 0 && g->sub[sub].relief != relief))
            continue;
        const place here = {.t = t, .sub = sub, .z = z, .k = k, .x = x, .number = at};
        solve(g, w, &here);
    }
}

static void solve_period(const ful_bargain *g, ful_bargain_work *w, int t)
{
    for (int z = 0; z < g->Z; z++)
        for (int k = 0; k < g->K; k++)
            for (int x = 0; x < 2; x++)
                for (int relief = 0; relief < RELIEFS && t < g->H; relief++) {
                    memset(w->is_continued, 0, MAX_SUBS + 1);
                    each(g, w, t, g->post, z, k, x, relief, solve_post);
                }
    for (int z = 0; z < g->Z; z++)
        for (int k = 0; k < g->K; k++)
            for (int x = 0; x < 2; x++)
                each(g, w, t, g->pre, z, k, x, -1, t < g->H ? solve_pre : solve_horizon);
}

void ful__bargain_backward(const ful_bargain *g, ful_bargain_work *w)
{
    for (int z = 0; z < g->Z; z++)
        for (int pledge = 0; pledge < 2; pledge++)
            ful__collapse_values(w->collapsed + (z * 2 + pledge) * FUL_PLAYERS, g, z, pledge,
                                 w->lambda[FUL_S]);
    solve_period(g, w, g->H);
    for (int t = g->H - 1; t >= 0; t--) {
        solve_period(g, w, t);
        double *swap = w->value[0];
        w->value[0] = w->value[1];
        w->value[1] = swap;
    }
}
