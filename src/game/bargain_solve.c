/* SPDX-License-Identifier: MIT */
/*
 * Backward induction on the states of the sanctions game. T's choice after enforcement e does not
 * depend on the enforcement before it, so everything is computed once per (node, e), in rows over
 * e.
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

/* ---- arithmetic on rows: the same order of operations in every clone ------------------------- */

/* p[a] = w[a] exp(lambda (u[a] - max u)) / sum, for m moves with rows n apart. */
FUL_CLONES static void row_logit(ful__real *restrict p, ful__real *restrict spare,
                                 const ful__real *restrict u, const double *restrict w, int m,
                                 ful__real lambda, int n)
{
    for (int e = 0; e < n; e++)
        spare[e] = u[e];
    for (int a = 1; a < m; a++)
        for (int e = 0; e < n; e++)
            spare[e] = ful__re(u[a * n + e]) > ful__re(spare[e]) ? u[a * n + e] : spare[e];
    for (int a = 0; a < m; a++)
        for (int e = 0; e < n; e++)
            p[a * n + e] = w[a] * ful__real_exp(lambda * (u[a * n + e] - spare[e]));
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

FUL_CLONES static void row_add_scaled(ful__real *restrict out, const double *restrict a,
                                      const ful__real *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += a[e] * b[e];
}

FUL_CLONES static void row_scale(ful__real *restrict out, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] *= by;
}

/* out = by a + (1 - by) b */
FUL_CLONES static void row_mix(ful__real *restrict out, const ful__real *restrict a,
                               const ful__real *restrict b, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * a[e] + (1 - by) * b[e];
}

/* out = a + lump */
FUL_CLONES static void row_plus(ful__real *restrict out, const ful__real *restrict a,
                                ful__real lump, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = a[e] + lump;
}

/* out += p (a + lump) */
FUL_CLONES static void row_add_move(ful__real *restrict out, const ful__real *restrict p,
                                    const ful__real *restrict a, ful__real lump, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += p[e] * (a[e] + lump);
}

/* out -= p a */
FUL_CLONES static void row_less(ful__real *restrict out, const ful__real *restrict p,
                                const ful__real *restrict a, int n)
{
    for (int e = 0; e < n; e++)
        out[e] -= p[e] * a[e];
}

/* out = dt (constant + economy + deal) + hazard lost + (1 - hazard) out */
FUL_CLONES static void row_survive(ful__real *restrict out, ful__real constant,
                                   const ful__real *restrict economy,
                                   const ful__real *restrict deal, const ful__real *restrict hazard,
                                   ful__real lost, double dt, int n)
{
    for (int e = 0; e < n; e++)
        out[e] =
            dt * (constant + economy[e] + deal[e]) + hazard[e] * lost + (1 - hazard[e]) * out[e];
}

/* out = (dt (constant + economy + deal) + d hazard collapsed) / (1 - d (1 - hazard)) */
FUL_CLONES static void row_annuity(ful__real *restrict out, ful__real constant,
                                   const ful__real *restrict economy,
                                   const ful__real *restrict deal, const ful__real *restrict hazard,
                                   ful__real collapsed, ful__real d, double dt, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = (dt * (constant + economy[e] + deal[e]) + d * hazard[e] * collapsed) /
                 (1 - d * (1 - hazard[e]));
}

static void logit(ful__real *p, ful__real *spare, const ful__real *u, const double *w, int m,
                  ful__real lambda, int n)
{
    if (!isinf(ful__re(lambda))) {
        row_logit(p, spare, u, w, m, lambda, n);
        return;
    }
    for (int e = 0; e < n; e++) {
        ful__real of[4] = {0}, chosen[4];
        for (int a = 0; a < m; a++)
            of[a] = u[a * n + e];
        ful__logit(chosen, m, w, of, lambda);
        for (int a = 0; a < m; a++)
            p[a * n + e] = chosen[a];
    }
}

static ful__real lump_of(const ful_bargain *g, int lump, int row)
{
    return lump == FUL__NO_LUMP ? 0 : g->lump[lump][row];
}

static const ful__real *collapsed(const ful_bargain *g, const ful_bargain_work *w, int t, int z,
                                  int x)
{
    return w->collapsed + (z * 2 + ful__era_of(g, t)->pledge[x]) * w->rows;
}

/* ---- what follows ---------------------------------------------------------------------------- */

/* The expected value, discounted, of arriving in `sub` at t + 1, over the moves of stress and
 * adaptation. */
static void expect(ful__real *out, const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                   int sub)
{
    const int relief = g->sub[at->sub].relief, next = at->t + 1;
    const int arrived = ful__arrive(g, next, sub), x = ful__stands(g, next, at->x);
    const int c = ful__capability(g, at->t, at->sub, at->c);
    memset(out, 0, (size_t)w->rows * (size_t)g->E * sizeof *out);
    for (int dz = -1; dz <= 1; dz++)
        for (int dk = 0; dk <= 1; dk++) {
            const double *chance = ful__drift(g, at->t, relief, at->z, at->k, dz, dk);
            if (!chance)
                continue;
            const int node = ful__pre(g, next, arrived, at->z + dz, at->k + dk, c, x);
            const ful__real *value = ful__rows_of(g, w, w->value[1], node - g->first_pre[next]);
            for (int row = 0; row < w->rows; row++)
                row_add_scaled(ROW(out, row), chance, ROW(value, row), g->E);
        }
    for (int row = 0; row < w->rows; row++)
        row_scale(ROW(out, row), g->d[ful__row_player(g, row)], g->E);
}

/* Discounted continuation values of a target's move, kept for the nodes that have the same future.
 */
static const ful__real *continued(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                                  int next)
{
    const int slot = next == RESTARTING ? g->subs : next;
    ful__real *out = ful__rows_of(g, w, w->continued, slot);
    if (w->is_continued[slot])
        return out;
    w->is_continued[slot] = 1;
    if (next != RESTARTING) {
        expect(out, g, w, at, next);
        return out;
    }
    const ful__real *seen = continued(g, w, at, ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0));
    const ful__real *hidden = continued(g, w, at, ful__hidden_sub(g, g->sub[at->sub].relief));
    row_mix(out, seen, hidden, g->p.detection, w->rows * g->E);
    return out;
}

/* ---- T --------------------------------------------------------------------------------------- */

/* T's choice by enforcement, and what it makes the continuation worth: rows of `out`. */
static void solve_target(ful__real *out, const ful_bargain *g, ful_bargain_work *w,
                         const ful__at *at)
{
    ful__target_move move[3];
    const ful__real *next[3];
    double weight[3];
    ful__real *utility = ROW(w->scratch, 1), *p = ROW(w->target, 3 * (size_t)at->number);
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++) {
        next[a] = continued(g, w, at, move[a].next);
        weight[a] = move[a].weight;
    }
    if (n == 1) {
        for (int row = 0; row < w->rows; row++)
            row_plus(ROW(out, row), ROW(next[0], row), lump_of(g, move[0].lump, row), g->E);
        return;
    }
    for (int a = 0; a < n; a++)
        row_plus(ROW(utility, a), ROW(next[a], FUL_T), lump_of(g, move[a].lump, FUL_T), g->E);
    logit(p, w->scratch, utility, weight, n, w->lambda[FUL_T], g->E);
    if (w->witness)
        w->witness(w->witness_user, g, w, at, FUL_T, n, next);
    memset(out, 0, (size_t)w->rows * (size_t)g->E * sizeof *out);
    for (int a = 0; a < n; a++)
        for (int row = 0; row < w->rows; row++)
            row_add_move(ROW(out, row), ROW(p, a), ROW(next[a], row), lump_of(g, move[a].lump, row),
                         g->E);
}

/* ---- a post node: the enforcers, the period's payoffs, collapse, T --------------------------- */

static void solve_post(const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    const ful__real *lost = collapsed(g, w, at->t, at->z, at->x);
    const ful__real *hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k);
    ful__real *value = w->stage[0];
    solve_target(value, g, w, at);
    for (int row = 0; row < w->rows; row++) {
        const ful__real *economy, *deal;
        ful__real constant;
        ful__row_flow(&constant, &economy, &deal, w->scratch, g, row, at, at->sub);
        row_survive(ROW(value, row), constant, economy, deal, hazard,
                    g->d[ful__row_player(g, row)] * lost[row], g->dt, g->E);
    }
    ful__solve_enforcers(ful__rows_of(g, w, w->after, at->number - g->first_post[at->t]), g, w, at);
}

/* ---- S --------------------------------------------------------------------------------------- */

/* Subtract what withdrawing costs from the rows that bear it: S's, and that of withdrawals. */
static void pay_withdrawal(ful__real *value, const ful_bargain *g, const ful_bargain_work *w,
                           const ful__at *at, const ful__real *p)
{
    const ful__real *cost = ROW(g->withdrawal, g->era_of[at->t]);
    if (g->sub[at->sub].stage == FUL_STAGE_RESTARTED)
        return;
    row_less(ROW(value, FUL_S), p, cost, g->E);
    if (w->rows > g->players)
        row_less(ROW(value, w->rows - 1), p, cost, g->E);
}

/* S's choice, if there is one. */
static void choose_sender(ful__real *value, const ful_bargain *g, ful_bargain_work *w,
                          const ful__at *at)
{
    static const double equal[4] = {1, 1, 1, 1};
    ful__sender_move move[4];
    const ful__real *after[4];
    ful__real *utility = w->scratch, *p = ROW(w->sender, 4 * (size_t)at->number);
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++) {
        const int to = ful__post(g, at->t, move[a].sub, at->z, at->k, at->c, move[a].x);
        after[a] = ful__rows_of(g, w, w->after, to - g->first_post[at->t]);
    }
    if (n == 1) {
        memcpy(value, after[0], (size_t)w->rows * (size_t)g->E * sizeof *value);
        return;
    }
    const int breach = g->sub[at->sub].stage == FUL_STAGE_RESTARTED;
    for (int a = 0; a < n; a++) {
        row_plus(ROW(utility, a), ROW(after[a], FUL_S), lump_of(g, move[a].lump, FUL_S), g->E);
        for (int e = 0; e < g->E && move[a].withdraws && !breach; e++)
            ROW(utility, a)[e] -= ROW(g->withdrawal, g->era_of[at->t])[e];
    }
    logit(p, ROW(w->scratch, 4), utility, equal, n, w->lambda[FUL_S], g->E);
    if (w->witness)
        w->witness(w->witness_user, g, w, at, FUL_S, n, after);
    memset(value, 0, (size_t)w->rows * (size_t)g->E * sizeof *value);
    for (int a = 0; a < n; a++) {
        for (int row = 0; row < w->rows; row++)
            row_add_move(ROW(value, row), ROW(p, a), ROW(after[a], row),
                         lump_of(g, move[a].lump, row), g->E);
        if (move[a].withdraws)
            pay_withdrawal(value, g, w, at, ROW(p, a));
    }
}

/* Before S moves, its administration may change and the package fall. */
static void solve_pre(const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    ful__real *value = ful__rows_of(g, w, w->value[0], at->number - g->first_pre[at->t]);
    choose_sender(value, g, w, at);
    if (!ful__may_fall(g, at))
        return;
    const int without = ful__pre(g, at->t, at->sub, at->z, at->k, at->c, 0);
    const ful__real *fallen = ful__rows_of(g, w, w->value[0], without - g->first_pre[at->t]);
    for (int k = 0; k < w->rows * g->E; k++)
        value[k] = (1 - g->turnover) * value[k] + g->turnover * fallen[k];
}

/* ---- the sweep ------------------------------------------------------------------------------- */

static void solve_horizon(const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    const int as = ful__valued_as(g, at->sub);
    const ful__real *lost = collapsed(g, w, g->H, at->z, at->x);
    const ful__real *hazard = ful__hazards(g, g->H, at->x, at->z, g->sub[as].relief, at->k);
    ful__real *value = ful__rows_of(g, w, w->value[0], at->number - g->first_pre[g->H]);
    for (int row = 0; row < w->rows; row++) {
        const ful__real *economy, *deal;
        ful__real constant;
        ful__row_flow(&constant, &economy, &deal, w->scratch, g, row, at, as);
        row_annuity(ROW(value, row), constant, economy, deal, hazard, lost[row],
                    g->d[ful__row_player(g, row)], g->dt, g->E);
    }
}

/* Whether two post nodes lead to the same nodes by the same chances. */
static int same_future(const ful_bargain *g, const ful__at *a, const ful__at *b)
{
    return a->z == b->z && a->k == b->k && a->x == b->x &&
           g->sub[a->sub].relief == g->sub[b->sub].relief &&
           ful__capability(g, a->t, a->sub, a->c) == ful__capability(g, b->t, b->sub, b->c);
}

static void swap_values(ful_bargain_work *w)
{
    ful__real *value = w->value[0];
    w->value[0] = w->value[1];
    w->value[1] = value;
}

void ful__bargain_backward(const ful_bargain *g, ful_bargain_work *w)
{
    w->residual = 0;
    for (int z = 0; z < g->Z; z++)
        for (int pledge = 0; pledge < 2; pledge++)
            ful__collapse_values(w->collapsed + (z * 2 + pledge) * w->rows, g, w->rows, z, pledge,
                                 w->lambda[FUL_S]);
    for (int n = g->first_pre[g->H]; n < g->first_pre[g->H + 1]; n++)
        solve_horizon(g, w, g->pre + n);
    swap_values(w);
    for (int t = g->H - 1; t >= 0; t--) {
        for (int n = g->first_post[t]; n < g->first_post[t + 1]; n++) {
            if (n == g->first_post[t] || !same_future(g, g->post + n - 1, g->post + n))
                memset(w->is_continued, 0, sizeof w->is_continued);
            solve_post(g, w, g->post + n);
        }
        for (int n = g->first_pre[t]; n < g->first_pre[t + 1]; n++)
            solve_pre(g, w, g->pre + n);
        swap_values(w);
    }
}
