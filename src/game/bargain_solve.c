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

/* ---- choices: rows of probabilities, n apart, by rows of utilities --------------------------- */

/* Weights relative to that of the best move so far: what a further move's is, and what those before
 * it are to be multiplied by. One exponential for each move but the first, and none overflows. */
typedef struct joined {
    ful__real own, others, top;
} joined;

static inline joined join(ful__real top, ful__real u, ful__real lambda)
{
    const ful__real t = lambda * (u - top);
    const int better = ful__re(t) > 0;
    const ful__real below = ful__real_exp(better ? -t : t);
    return (joined){better ? 1 : below, better ? below : 1, better ? u : top};
}

FUL_CLONES static void logit_two(ful__real *restrict p, const ful__real *restrict u,
                                 const double *restrict w, ful__real lambda, int n)
{
    const double w0 = w[0], w1 = w[1];
    for (int e = 0; e < n; e++) {
        const joined b = join(u[e], u[n + e], lambda);
        const ful__real p0 = w0 * b.others, p1 = w1 * b.own, by = 1 / (p0 + p1);
        p[e] = by * p0;
        p[n + e] = by * p1;
    }
}

FUL_CLONES static void logit_three(ful__real *restrict p, const ful__real *restrict u,
                                   const double *restrict w, ful__real lambda, int n)
{
    const double w0 = w[0], w1 = w[1], w2 = w[2];
    for (int e = 0; e < n; e++) {
        const joined b = join(u[e], u[n + e], lambda), c = join(b.top, u[2 * n + e], lambda);
        const ful__real p0 = w0 * b.others * c.others, p1 = w1 * b.own * c.others;
        const ful__real p2 = w2 * c.own, by = 1 / (p0 + p1 + p2);
        p[e] = by * p0;
        p[n + e] = by * p1;
        p[2 * n + e] = by * p2;
    }
}

FUL_CLONES static void logit_four(ful__real *restrict p, const ful__real *restrict u,
                                  const double *restrict w, ful__real lambda, int n)
{
    const double w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
    for (int e = 0; e < n; e++) {
        const joined b = join(u[e], u[n + e], lambda), c = join(b.top, u[2 * n + e], lambda);
        const joined d = join(c.top, u[3 * n + e], lambda);
        const ful__real rest = c.others * d.others, p2 = w2 * c.own * d.others, p3 = w3 * d.own;
        const ful__real p0 = w0 * b.others * rest, p1 = w1 * b.own * rest;
        const ful__real by = 1 / (p0 + p1 + p2 + p3);
        p[e] = by * p0;
        p[n + e] = by * p1;
        p[2 * n + e] = by * p2;
        p[3 * n + e] = by * p3;
    }
}

static void logit(ful__real *p, const ful__real *u, const double *w, int m, ful__real lambda, int n)
{
    if (isinf(ful__re(lambda))) {
        for (int e = 0; e < n; e++) {
            ful__real of[4] = {0}, chosen[4];
            for (int a = 0; a < m; a++)
                of[a] = u[a * n + e];
            ful__logit(chosen, m, w, of, lambda);
            for (int a = 0; a < m; a++)
                p[a * n + e] = chosen[a];
        }
        return;
    }
    (m == 2 ? logit_two : m == 3 ? logit_three : logit_four)(p, u, w, lambda, n);
}

/* ---- arithmetic on rows: the same order of operations in every clone ------------------------- */

/* out = sum_j chance_j value_j over one, two and three */
FUL_CLONES static void chance_one(ful__real *restrict out, const ful__real *const *chance,
                                  const ful__real *const *value, int n)
{
    const ful__real *restrict c0 = chance[0];
    const ful__real *restrict v0 = value[0];
    for (int e = 0; e < n; e++)
        out[e] = c0[e] * v0[e];
}

FUL_CLONES static void chance_two(ful__real *restrict out, const ful__real *const *chance,
                                  const ful__real *const *value, int n)
{
    const ful__real *restrict c0 = chance[0], *restrict c1 = chance[1];
    const ful__real *restrict v0 = value[0], *restrict v1 = value[1];
    for (int e = 0; e < n; e++)
        out[e] = c0[e] * v0[e] + c1[e] * v1[e];
}

FUL_CLONES static void chance_three(ful__real *restrict out, const ful__real *const *chance,
                                    const ful__real *const *value, int n)
{
    const ful__real *restrict c0 = chance[0], *restrict c1 = chance[1], *restrict c2 = chance[2];
    const ful__real *restrict v0 = value[0], *restrict v1 = value[1], *restrict v2 = value[2];
    for (int e = 0; e < n; e++)
        out[e] = c0[e] * v0[e] + c1[e] * v1[e] + c2[e] * v2[e];
}

/* out = a + chance (b - a) */
FUL_CLONES static void row_turned_by(ful__real *restrict out, const ful__real *restrict a,
                                     const ful__real *restrict b, const double *restrict chance,
                                     int n)
{
    for (int e = 0; e < n; e++)
        out[e] = a[e] + chance[e] * (b[e] - a[e]);
}

/* out = by a + (1 - by) b */
FUL_CLONES static void row_mix(ful__real *restrict out, const ful__real *restrict a,
                               const ful__real *restrict b, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * a[e] + (1 - by) * b[e];
}

/* out += by (a - out) */
FUL_CLONES static void row_turn(ful__real *restrict out, const ful__real *restrict a, ful__real by,
                                int n)
{
    for (int e = 0; e < n; e++)
        out[e] += by * (a[e] - out[e]);
}

/* out = a + lump */
FUL_CLONES static void row_plus(ful__real *restrict out, const ful__real *restrict a,
                                ful__real lump, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = a[e] + lump;
}

/* out -= by a */
FUL_CLONES static void row_less(ful__real *restrict out, const ful__real *restrict a, ful__real by,
                                int n)
{
    for (int e = 0; e < n; e++)
        out[e] -= by * a[e];
}

/* out -= by p a */
FUL_CLONES static void row_less_product(ful__real *restrict out, const ful__real *restrict p,
                                        const ful__real *restrict a, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] -= by * p[e] * a[e];
}

FUL_CLONES static void row_scale(ful__real *restrict out, const ful__real *restrict a, ful__real by,
                                 int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * a[e];
}

/* out = by sum_a p_a (follow_a + lump_a) over two and over four moves */
FUL_CLONES static void expect_two(ful__real *restrict out, const ful__real *restrict p,
                                  const ful__real *const *follow, const ful__real *lump,
                                  ful__real by, int n)
{
    const ful__real *restrict f0 = follow[0], *restrict f1 = follow[1];
    const ful__real l0 = lump[0], l1 = lump[1];
    for (int e = 0; e < n; e++)
        out[e] = by * (p[e] * (f0[e] + l0) + p[n + e] * (f1[e] + l1));
}

FUL_CLONES static void expect_four(ful__real *restrict out, const ful__real *restrict p,
                                   const ful__real *const *follow, const ful__real *lump,
                                   ful__real by, int n)
{
    const ful__real *restrict f0 = follow[0], *restrict f1 = follow[1];
    const ful__real *restrict f2 = follow[2], *restrict f3 = follow[3];
    const ful__real l0 = lump[0], l1 = lump[1], l2 = lump[2], l3 = lump[3];
    for (int e = 0; e < n; e++)
        out[e] = by * (p[e] * (f0[e] + l0) + p[n + e] * (f1[e] + l1) + p[2 * n + e] * (f2[e] + l2) +
                       p[3 * n + e] * (f3[e] + l3));
}

/* A period of one row: what it pays, and what follows if the regime collapses. */
typedef struct period {
    const ful__real *economy, *deal, *hazard;
    ful__real constant, lost;
    double dt;
} period;

/* out = dt (constant + economy + deal) + hazard lost + (1 - hazard) sum_a p_a (follow_a + lump_a)
 * over one, two and three moves */
FUL_CLONES static void live_one(ful__real *restrict out, const ful__real *p,
                                const ful__real *const *follow, const ful__real *lump,
                                const period *of, int n)
{
    const ful__real *restrict economy = of->economy, *restrict deal = of->deal;
    const ful__real *restrict hazard = of->hazard, *restrict f0 = follow[0];
    const ful__real constant = of->constant, lost = of->lost, l0 = lump[0];
    const double dt = of->dt;
    (void)p;
    for (int e = 0; e < n; e++)
        out[e] = dt * (constant + economy[e] + deal[e]) + hazard[e] * lost +
                 (1 - hazard[e]) * (f0[e] + l0);
}

FUL_CLONES static void live_two(ful__real *restrict out, const ful__real *restrict p,
                                const ful__real *const *follow, const ful__real *lump,
                                const period *of, int n)
{
    const ful__real *restrict economy = of->economy, *restrict deal = of->deal;
    const ful__real *restrict hazard = of->hazard;
    const ful__real *restrict f0 = follow[0], *restrict f1 = follow[1];
    const ful__real constant = of->constant, lost = of->lost, l0 = lump[0], l1 = lump[1];
    const double dt = of->dt;
    for (int e = 0; e < n; e++)
        out[e] = dt * (constant + economy[e] + deal[e]) + hazard[e] * lost +
                 (1 - hazard[e]) * (p[e] * (f0[e] + l0) + p[n + e] * (f1[e] + l1));
}

FUL_CLONES static void live_three(ful__real *restrict out, const ful__real *restrict p,
                                  const ful__real *const *follow, const ful__real *lump,
                                  const period *of, int n)
{
    const ful__real *restrict economy = of->economy, *restrict deal = of->deal;
    const ful__real *restrict hazard = of->hazard;
    const ful__real *restrict f0 = follow[0], *restrict f1 = follow[1], *restrict f2 = follow[2];
    const ful__real constant = of->constant, lost = of->lost;
    const ful__real l0 = lump[0], l1 = lump[1], l2 = lump[2];
    const double dt = of->dt;
    for (int e = 0; e < n; e++)
        out[e] = dt * (constant + economy[e] + deal[e]) + hazard[e] * lost +
                 (1 - hazard[e]) *
                     (p[e] * (f0[e] + l0) + p[n + e] * (f1[e] + l1) + p[2 * n + e] * (f2[e] + l2));
}

/* out = by (dt (constant + economy + deal) + hazard lost) / (1 - d (1 - hazard)) */
FUL_CLONES static void live_for_ever(ful__real *restrict out, const period *of, ful__real d,
                                     ful__real by, int n)
{
    const ful__real *restrict economy = of->economy, *restrict deal = of->deal;
    const ful__real *restrict hazard = of->hazard;
    const ful__real constant = of->constant, lost = of->lost;
    const double dt = of->dt;
    for (int e = 0; e < n; e++)
        out[e] = by * (dt * (constant + economy[e] + deal[e]) + hazard[e] * lost) /
                 (1 - d * (1 - hazard[e]));
}

static ful__real discount(const ful_bargain *g, int row)
{
    return g->d[ful__row_player(g, row)];
}

/* `as`: the sub that is paid. */
static period period_of(const ful_bargain *g, ful_bargain_work *w, int row, const ful__at *at,
                        int as)
{
    const int pledge = ful__era_of(g, at->t, at->x)->pledge;
    period of = {.dt = g->dt};
    ful__row_flow(&of.constant, &of.economy, &of.deal, w->scratch, g, row, at, as);
    of.hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[as].relief, at->k);
    of.lost = discount(g, row) * w->collapsed[(at->z * 2 + pledge) * w->rows + row];
    return of;
}

static ful__real lump_of(const ful_bargain *g, int lump, int row)
{
    return lump == FUL__NO_LUMP ? 0 : g->lump[lump][row];
}

/* ---- what follows ---------------------------------------------------------------------------- */

/* Values at a pre node, before adaptation moves there: of this period, `next` 0, or the next, 1. */
static ful__real *value_at(const ful_bargain *g, ful_bargain_work *w, int n, int next)
{
    const ful__at *at = g->pre + n;
    return at->x ? ful__rows_of(g, w, w->value[next], ful__pre_place(g, at))
                 : ful__rows_of(g, w, w->bare_value, n);
}

/* Values at a post node of this block. */
static ful__real *after_at(const ful_bargain *g, ful_bargain_work *w, int n)
{
    const ful__at *at = g->post + n;
    return at->x ? ful__rows_of(g, w, w->after, ful__post_place(g, at))
                 : ful__rows_of(g, w, w->bare_after, n);
}

static ful__real *adapted_at(const ful_bargain *g, ful_bargain_work *w, int n)
{
    return ful__rows_of(g, w, w->adapted, ful__pre_slot(g, g->pre + n));
}

/* Values of the next period as they are before adaptation moves from k. */
static void adapt(const ful_bargain *g, ful_bargain_work *w, int t, int x, int k)
{
    if (!ful__may_adapt(g, t, k))
        return;
    for (int z = 0; z < g->Z; z++) {
        const int block = ful__block(g, x, t + 1, z, k);
        for (int n = g->first_pre[block]; n < g->first_pre[block + 1]; n++) {
            const ful__at *at = g->pre + n;
            const int on = ful__pre(g, t + 1, at->sub, z, k + 1, at->c, at->x);
            if (on >= 0) /* else nothing comes here from k */
                for (int row = 0; row < w->rows; row++)
                    row_turned_by(ROW(adapted_at(g, w, n), row), ROW(value_at(g, w, n, 1), row),
                                  ROW(value_at(g, w, on, 1), row), g->adapts, g->E);
        }
    }
}

/* Where stress may move from a post node, and by what chance. */
typedef struct fan {
    int n;
    const ful__real *chance[3];
    const ful__real *value[3];
} fan;

static fan fan_of(const ful_bargain *g, ful_bargain_work *w, const ful__at *at, int sub)
{
    const int relief = g->sub[at->sub].relief, next = at->t + 1,
              arrived = ful__arrive(g, next, sub);
    const int x = ful__stands(g, next, at->x), c = ful__capability(g, at->t, at->sub, at->c);
    const int adapts = ful__may_adapt(g, at->t, at->k);
    fan f = {.n = 0};
    for (int dz = -1; dz <= 1; dz++) {
        const ful__real *chance = ful__drift(g, at->t, relief, at->z, at->k, dz);
        if (!chance)
            continue;
        const int node = ful__pre(g, next, arrived, at->z + dz, at->k, c, x);
        f.chance[f.n] = chance;
        f.value[f.n++] = adapts ? adapted_at(g, w, node) : value_at(g, w, node, 1);
    }
    return f;
}

/* The expected value of arriving in `sub` at t + 1. */
static void arrive(ful__real *out, const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                   int sub)
{
    const fan f = fan_of(g, w, at, sub);
    for (int row = 0; row < w->rows; row++) {
        const ful__real *value[3];
        for (int j = 0; j < f.n; j++)
            value[j] = ROW(f.value[j], row);
        (f.n == 1   ? chance_one
         : f.n == 2 ? chance_two
                    : chance_three)(ROW(out, row), f.chance, value, g->E);
    }
}

/* Continuation values of a target's move, kept for the nodes that have the same future. */
static const ful__real *continued(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                                  int next)
{
    const int slot = next == RESTARTING ? g->subs : next;
    ful__real *out = ful__rows_of(g, w, w->continued, slot);
    if (w->is_continued[slot])
        return out;
    w->is_continued[slot] = 1;
    if (next != RESTARTING) {
        arrive(out, g, w, at, next);
        return out;
    }
    const ful__real *seen = continued(g, w, at, ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0));
    const ful__real *hidden = continued(g, w, at, ful__hidden_sub(g, g->sub[at->sub].relief));
    row_mix(out, seen, hidden, g->p.detection, w->rows * g->E);
    return out;
}

/* ---- a post node: the enforcers, the period's payoffs, collapse, T --------------------------- */

static void choose_target(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                          const ful__target_move *move, int n, const ful__real *const *next)
{
    ful__real *utility = w->scratch;
    double weight[3];
    for (int a = 0; a < n; a++) {
        weight[a] = move[a].weight;
        row_plus(ROW(utility, a), ROW(next[a], FUL_T), lump_of(g, move[a].lump, FUL_T), g->E);
    }
    logit(ROW(w->policy, at->choice), utility, weight, n, w->lambda[FUL_T], g->E);
    if (w->witness)
        w->witness(w->witness_user, g, w, at, FUL_T, n, next);
}

static void solve_post(const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    const int enforced = ful__enforcers_move(g, at->t, at->sub);
    ful__real *after = after_at(g, w, at->number);
    ful__real *value = enforced ? w->stage[0] : after;
    ful__target_move move[3];
    const ful__real *next[3];
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++)
        next[a] = continued(g, w, at, move[a].next);
    if (n > 1)
        choose_target(g, w, at, move, n, next);
    for (int row = 0; row < w->rows; row++) {
        const period of = period_of(g, w, row, at, at->sub);
        const ful__real *follow[3];
        ful__real lump[3];
        for (int a = 0; a < n; a++) {
            follow[a] = ROW(next[a], row);
            lump[a] = lump_of(g, move[a].lump, row);
        }
        (n == 1 ? live_one
         : n == 2
             ? live_two
             : live_three)(ROW(value, row), ROW(w->policy, at->choice), follow, lump, &of, g->E);
    }
    if (enforced)
        ful__solve_enforcers(after, g, w, at);
}

/* ---- S --------------------------------------------------------------------------------------- */

/* What withdrawing costs by last enforcement, or NULL where T's breach is reason enough. */
static const ful__real *withdrawal(const ful_bargain *g, const ful__at *at)
{
    if (g->sub[at->sub].stage == FUL_STAGE_RESTARTED)
        return NULL;
    return ROW(g->withdrawal, g->era_of[1][at->t]);
}

static void choose_sender(const ful_bargain *g, ful_bargain_work *w, const ful__at *at,
                          const ful__sender_move *move, int n, const ful__real *const *after)
{
    static const double equal[4] = {1, 1, 1, 1};
    const ful__real *cost = withdrawal(g, at);
    ful__real *utility = w->scratch;
    for (int a = 0; a < n; a++) {
        row_plus(ROW(utility, a), ROW(after[a], FUL_S), lump_of(g, move[a].lump, FUL_S), g->E);
        if (move[a].withdraws && cost)
            row_less(ROW(utility, a), cost, 1, g->E);
    }
    logit(ROW(w->policy, at->choice), utility, equal, n, w->lambda[FUL_S], g->E);
    if (w->witness)
        w->witness(w->witness_user, g, w, at, FUL_S, n, after);
}

/* Whether a row bears the cost of withdrawing: S's, and that of withdrawals. */
static int withdraws(const ful_bargain *g, int row)
{
    return row == FUL_S || row == g->players + g->parts - 1;
}

/* S's choice, if there is one; values are multiplied by the discount of the period before. */
static void decide(ful__real *value, const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    ful__sender_move move[4];
    const ful__real *after[4], *cost = withdrawal(g, at), *p = ROW(w->policy, at->choice);
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++)
        after[a] = after_at(g, w, ful__post(g, at->t, move[a].sub, at->z, at->k, at->c, move[a].x));
    if (n > 1)
        choose_sender(g, w, at, move, n, after);
    for (int row = 0; row < w->rows; row++) {
        const ful__real by = at->t > 0 ? discount(g, row) : 1;
        const ful__real *follow[4];
        ful__real lump[4], *out = ROW(value, row);
        for (int a = 0; a < n; a++) {
            follow[a] = ROW(after[a], row);
            lump[a] = lump_of(g, move[a].lump, row);
        }
        if (n == 1)
            row_scale(out, follow[0], by, g->E);
        else
            (n == 2 ? expect_two : expect_four)(out, p, follow, lump, by, g->E);
        for (int a = 0; a < n && cost && withdraws(g, row); a++)
            if (move[a].withdraws)
                row_less_product(out, ROW(p, a), cost, by, g->E);
    }
}

/* Before S moves, its administration may change and the package fall. */
static void solve_pre(const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    ful__real *value = value_at(g, w, at->number, 0);
    decide(value, g, w, at);
    if (!ful__may_fall(g, at))
        return;
    const int fallen = ful__pre(g, at->t, at->sub, at->z, at->k, at->c, 0);
    row_turn(value, value_at(g, w, fallen, 0), g->turnover, w->rows * g->E);
}

/* ---- the sweep ------------------------------------------------------------------------------- */

static void solve_horizon(const ful_bargain *g, ful_bargain_work *w, const ful__at *at)
{
    ful__real *value = value_at(g, w, at->number, 0);
    for (int row = 0; row < w->rows; row++) {
        const period of = period_of(g, w, row, at, ful__valued_as(g, at->sub));
        live_for_ever(ROW(value, row), &of, discount(g, row), discount(g, row), g->E);
    }
}

static void swap_values(ful_bargain_work *w)
{
    ful__real *value = w->value[0];
    w->value[0] = w->value[1];
    w->value[1] = value;
}

static void solve_block(const ful_bargain *g, ful_bargain_work *w, int block)
{
    for (int n = g->first_post[block]; n < g->first_post[block + 1]; n++) {
        if (n == g->first_post[block] || !ful__same_future(g, g->post + n - 1, g->post + n))
            memset(w->is_continued, 0, sizeof w->is_continued);
        solve_post(g, w, g->post + n);
    }
    for (int n = g->first_pre[block]; n < g->first_pre[block + 1]; n++)
        solve_pre(g, w, g->pre + n);
}

static void solve_period(const ful_bargain *g, ful_bargain_work *w, int t, int x)
{
    for (int k = 0; k < g->K; k++) {
        adapt(g, w, t, x, k);
        if (x && !ful__stands(g, t + 1, x)) /* the package lapses: nodes of the next are bare */
            adapt(g, w, t, 0, k);
        for (int z = 0; z < g->Z; z++)
            solve_block(g, w, ful__block(g, x, t, z, k));
    }
}

static void solve_last(const ful_bargain *g, ful_bargain_work *w, int x)
{
    const int end = g->first_pre[ful__block(g, x, g->H + 1, 0, 0)];
    for (int n = g->first_pre[ful__block(g, x, g->H, 0, 0)]; n < end; n++)
        solve_horizon(g, w, g->pre + n);
}

/* Bare nodes lead to none with the package: all of them can come first. */
static void solve_all(const ful_bargain *g, ful_bargain_work *w, int x)
{
    solve_last(g, w, x);
    for (int t = g->H - 1; t >= 0; t--) {
        swap_values(w);
        solve_period(g, w, t, x);
    }
    swap_values(w);
}

void ful__bargain_backward(const ful_bargain *g, ful_bargain_work *w)
{
    w->residual = 0;
    for (int z = 0; z < g->Z; z++)
        for (int pledge = 0; pledge < 2; pledge++)
            ful__collapse_values(w->collapsed + (z * 2 + pledge) * w->rows, g, w->rows, z, pledge,
                                 w->lambda[FUL_S]);
    if (!ful__bare_known(w, g)) {
        solve_all(g, w, 0);
        w->bare_residual = w->residual;
    }
    w->residual = w->bare_residual;
    solve_all(g, w, 1);
}
