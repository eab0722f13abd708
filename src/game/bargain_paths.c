/* SPDX-License-Identifier: MIT */
/*
 * Forward propagation of probability through the equilibrium, exactly. Beside the mass of all paths
 * the masses of paths that have not yet been somewhere are followed; what leaves one of them on the
 * way gives "ever" and "the first time".
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

enum { RESTART, HONOUR, SNAP_BACK, CONDITIONALS };

/* Below this, what reaches a node is what arithmetic has left of it, and its parts are out of
 * scale. */
#define UNREACHED 1e-200

/* One enforcer's sums. */
typedef struct conduct {
    ful__real level, armed_level, armed_meets, adopted;
} conduct;

typedef struct totals {
    ful__real reach[CONDITIONALS], met[CONDITIONALS]; /* at the first node of a kind, and the choice
                                                         asked for there */
    ful__real ever[3];                                /* frozen, dismantled, restarted */
    ful__real stage[FUL_STAGES];                      /* at the horizon */
    ful__real alive, armed, level[FUL_BARGAIN_MAX_GROUPS];
    conduct enforcer[FUL_BARGAIN_MAX_ENFORCERS];
    ful__real first_meets[FUL_BARGAIN_MAX_ENFORCERS], slack[FUL_BARGAIN_MAX_ENFORCERS];
    ful__real income, cost, annuity;
    ful__real collapsed;
} totals;

/* A walk through the game: what is counted, and who looks on. */
typedef struct walk {
    const ful_bargain *g;
    ful_bargain_work *w;
    totals *out;
    int measures;  /* bits: those that are followed */
    int trembling; /* T moves by its menu weights */
    ful__see *see; /* or NULL */
    void *user;
} walk;

/* ---- arithmetic on rows ---------------------------------------------------------------------- */

FUL_CLONES static void row_add_product(ful__real *restrict out, const ful__real *restrict a,
                                       const ful__real *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += a[e] * b[e];
}

FUL_CLONES static void row_add_chance(ful__real *restrict out, const ful__real *restrict a,
                                      const double *restrict chance, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += a[e] * chance[e];
}

FUL_CLONES static void row_add_scaled(ful__real *restrict out, const ful__real *restrict a,
                                      ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += by * a[e];
}

FUL_CLONES static void row_scale(ful__real *restrict out, const ful__real *restrict a, ful__real by,
                                 int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * a[e];
}

FUL_CLONES static void row_product(ful__real *restrict out, const ful__real *restrict a,
                                   const ful__real *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = a[e] * b[e];
}

FUL_CLONES static void row_survive(ful__real *restrict out, const ful__real *restrict hazard, int n)
{
    for (int e = 0; e < n; e++)
        out[e] *= 1 - hazard[e];
}

static ful__real sum(const ful_bargain *g, const ful__real *row)
{
    ful__real total = 0;
    for (int e = 0; e < g->E; e++)
        total += row[e];
    return total;
}

static ful__real dot(const ful_bargain *g, const ful__real *a, const ful__real *b)
{
    ful__real total = 0;
    for (int e = 0; e < g->E; e++)
        total += a[e] * b[e];
    return total;
}

static ful__real weigh(const ful_bargain *g, const ful__real *mass, const double *by)
{
    ful__real total = 0;
    for (int e = 0; e < g->E; e++)
        total += mass[e] * by[e];
    return total;
}

/* ---- masses ---------------------------------------------------------------------------------- */

/* The row of a measure at a node, which is counted within its period. */
static ful__real *mass_of(const ful_bargain *g, ful__real *mass, int node, int measure)
{
    return ROW(mass, (size_t)node * FUL__MEASURES + (size_t)measure);
}

/* The same, cleared when first touched. */
static ful__real *touch(const ful_bargain *g, ful__real *mass, unsigned char *live, int node,
                        int measure)
{
    ful__real *row = mass_of(g, mass, node, measure);
    if (!(live[node] >> measure & 1)) {
        live[node] |= (unsigned char)(1 << measure);
        memset(row, 0, (size_t)g->E * sizeof *row);
    }
    return row;
}

/* Whether being in `sub` ends the wait of a measure; which "ever" it then counts towards. */
static int arrives(const ful__sub *s, int measure)
{
    switch (measure) {
    case FUL__NEVER_FROZEN:
        return s->stage == FUL_STAGE_FROZEN;
    case FUL__NEVER_DISMANTLED:
        return s->stage == FUL_STAGE_DISMANTLED;
    case FUL__NEVER_RESTARTED:
        return s->stage == FUL_STAGE_RESTARTED;
    default:
        return 0;
    }
}

/* ---- S --------------------------------------------------------------------------------------- */

/* The share of a node's mass for which the package falls with S's administration moves to the node
 * without one, which is visited later. */
static void change_administration(const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    const int first = g->first_pre[at->t], node = at->number - first;
    const int without = ful__pre(g, at->t, at->sub, at->z, at->k, at->c, 0) - first;
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (!(w->live[0][node] >> m & 1))
            continue;
        ful__real *mass = mass_of(g, w->mass[0], node, m);
        row_add_scaled(touch(g, w->mass[0], w->live[0], without, m), mass, g->turnover, g->E);
        for (int e = 0; e < g->E; e++)
            mass[e] *= 1 - g->turnover;
    }
}

static void follow_sender(const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    ful__sender_move move[4];
    const int node = at->number - g->first_pre[at->t], first = g->first_post[at->t];
    const ful__real *p = ROW(w->sender, 4 * (size_t)at->number);
    if (ful__may_fall(g, at))
        change_administration(k, at);
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    const int asks = n > 1 && g->sub[at->sub].accommodates;
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (!(w->live[0][node] >> m & 1))
            continue;
        const ful__real *mass = mass_of(g, w->mass[0], node, m);
        if (m == FUL__ALL && k->see)
            k->see(k->user, g, at, FUL__AT_SENDER, 0, mass);
        if (asks && m == FUL__NEVER_CHOSE)
            k->out->reach[HONOUR] += sum(g, mass);
        for (int a = 0; a < n; a++) {
            const int to = ful__post(g, at->t, move[a].sub, at->z, at->k, at->c, move[a].x) - first;
            ful__real *into = touch(g, w->mass_after, w->live_after, to, m);
            if (asks && m == FUL__NEVER_CHOSE && move[a].honours)
                k->out->met[HONOUR] += dot(g, mass, ROW(p, a));
            if (n > 1)
                row_add_product(into, mass, ROW(p, a), g->E);
            else
                row_add_scaled(into, mass, 1, g->E);
        }
    }
}

/* ---- a post node ----------------------------------------------------------------------------- */

/* What the report asks of a period: `mass` is that of all paths, after the enforcers' moves. */
static void count_period(totals *out, const ful_bargain *g, const ful__at *at,
                         const ful__real *mass)
{
    const ful__sub *s = g->sub + at->sub;
    const int armed = s->stage == FUL_STAGE_ARMED;
    const ful__real discount = ful__real_pow(g->d[FUL_S], at->t) * g->dt, alive = sum(g, mass);
    out->alive += alive;
    out->armed += armed ? alive : 0;
    for (int group = 0; group < g->G; group++)
        out->level[group] += weigh(g, mass, ROW(g->of_group, group));
    for (int k = 0; k < g->enforcers; k++) {
        const ful__enforcer *own = g->enforcer + k;
        const ful__real level = weigh(g, mass, own->mean);
        out->enforcer[k].level += level;
        if (armed) {
            out->enforcer[k].armed_level += level;
            out->enforcer[k].armed_meets += weigh(g, mass, own->meets);
        }
    }
    out->income += dot(g, mass, ROW(g->income, (s->relief * g->K + at->k) * g->columns));
    out->cost -= discount * dot(g, mass, ful__deal(g, FUL_S, at->t, at->x, s->accommodates));
}

/* Mass that T's move sends to `next`, spread over the moves of stress and adaptation. */
static void arrive(const walk *k, const ful__at *at, int m, int next, const ful__real *mass)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    const int t = at->t + 1, sub = ful__arrive(g, t, next), relief = g->sub[at->sub].relief;
    const int x = ful__stands(g, t, at->x), c = ful__capability(g, at->t, at->sub, at->c);
    if (arrives(g->sub + sub, m)) {
        k->out->ever[m - FUL__NEVER_FROZEN] += sum(g, mass);
        return;
    }
    for (int dz = -1; dz <= 1; dz++)
        for (int dk = 0; dk <= 1; dk++) {
            const double *chance = ful__drift(g, at->t, relief, at->z, at->k, dz, dk);
            if (!chance)
                continue;
            const int node = ful__pre(g, t, sub, at->z + dz, at->k + dk, c, x) - g->first_pre[t];
            row_add_chance(touch(g, w->mass[1], w->live[1], node, m), mass, chance, g->E);
        }
}

static void follow_move(const walk *k, const ful__at *at, int m, int next, const ful__real *mass)
{
    const ful_bargain *g = k->g;
    ful__real *seen = ROW(k->w->scratch, 8);
    if (next != RESTARTING) {
        arrive(k, at, m, next, mass);
        return;
    }
    row_scale(seen, mass, g->p.detection, g->E);
    arrive(k, at, m, ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0), seen);
    row_scale(seen, mass, 1 - g->p.detection, g->E);
    arrive(k, at, m, ful__hidden_sub(g, g->sub[at->sub].relief), seen);
}

static void follow_target(const walk *k, const ful__at *at, int m, const ful__real *mass)
{
    const ful_bargain *g = k->g;
    const ful__sub *s = g->sub + at->sub;
    ful__target_move move[3];
    ful__real *part = ROW(k->w->scratch, 7);
    const ful__real *p = ROW(k->w->target, 3 * (size_t)at->number);
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    const int asks =
        m == FUL__NEVER_CHOSE && n > 1 && s->accommodates && s->stage != FUL_STAGE_RESTARTED;
    if (asks)
        k->out->reach[RESTART] += sum(g, mass);
    for (int a = 0; a < n; a++) {
        if (k->trembling || n == 1)
            row_scale(part, mass, move[a].weight, g->E);
        else
            row_product(part, mass, ROW(p, a), g->E);
        if (!asks)
            follow_move(k, at, m, move[a].next, part);
        else if (move[a].next == RESTARTING)
            k->out->met[RESTART] += dot(g, mass, ROW(p, a));
    }
}

static void count_adopted(totals *out, const ful_bargain *g, const ful__real *ended)
{
    for (int k = 0; k < g->enforcers; k++)
        out->enforcer[k].adopted += weigh(g, ended, g->enforcer[k].raised);
}

/* All paths at a post node: `from` as S leaves it, `mass` after the enforcers' moves. */
static void count_post(const walk *k, const ful__at *at, const ful__real *from,
                       const ful__real *mass, const ful__real *hazard)
{
    const ful_bargain *g = k->g;
    ful__real *row = ROW(k->w->scratch, 7);
    count_period(k->out, g, at, mass);
    row_product(row, mass, hazard, g->E);
    k->out->collapsed += sum(g, row);
    count_adopted(k->out, g, row);
    if (at->t == 0)
        ful__first_choices(k->out->first_meets, k->out->slack, g, k->w, at, from);
    if (!k->see)
        return;
    for (int m = 0; m < g->enforcers && ful__enforcers_move(g, at->t, at->sub); m++) {
        ful__choose_enforcement(row, g, k->w, at, from, m);
        k->see(k->user, g, at, FUL__AT_ENFORCER, g->order[m], row);
    }
    k->see(k->user, g, at, FUL__AT_TARGET, 0, mass);
}

static void follow_post(const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    const int node = at->number - g->first_post[at->t];
    const ful__real *hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k);
    const int caught =
        ful__reach(g, at->sub) == FUL__LIFTED && ful__enforcers_move(g, at->t, at->sub);
    ful__real *mass = ROW(w->scratch, 9);
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (!(w->live_after[node] >> m & 1))
            continue;
        const ful__real *from = mass_of(g, w->mass_after, node, m);
        ful__choose_enforcement(mass, g, w, at, from, g->enforcers);
        if (m == FUL__ALL)
            count_post(k, at, from, mass, hazard);
        if (m == FUL__NEVER_CAUGHT && caught) {
            k->out->reach[SNAP_BACK] += sum(g, from);
            k->out->met[SNAP_BACK] += weigh(g, mass, g->enforcer[0].meets);
            continue;
        }
        row_survive(mass, hazard, g->E);
        follow_target(k, at, m, mass);
    }
}

/* ---- the sweep ------------------------------------------------------------------------------- */

static void follow_period(const walk *k, int t)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    memset(w->live_after, 0, (size_t)g->most_post);
    memset(w->live[1], 0, (size_t)g->most_pre);
    for (int n = g->first_pre[t + 1] - 1; n >= g->first_pre[t]; n--)
        follow_sender(k, g->pre + n);
    for (int n = g->first_post[t]; n < g->first_post[t + 1]; n++)
        follow_post(k, g->post + n);
    ful__real *mass = w->mass[0];
    unsigned char *live = w->live[0];
    w->mass[0] = w->mass[1];
    w->live[0] = w->live[1];
    w->mass[1] = mass;
    w->live[1] = live;
}

static void start(const walk *k)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    memset(w->live[0], 0, (size_t)g->most_pre);
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (!(k->measures >> m & 1))
            continue;
        if (arrives(g->sub + g->start_sub, m))
            k->out->ever[m - FUL__NEVER_FROZEN] = 1;
        else
            touch(g, w->mass[0], w->live[0], 0, m)[g->start_e] = 1;
    }
}

static void end(const walk *k)
{
    const ful_bargain *g = k->g;
    for (int n = g->first_pre[g->H]; n < g->first_pre[g->H + 1]; n++) {
        const ful__at *at = g->pre + n;
        const int node = n - g->first_pre[g->H];
        if (!(k->w->live[0][node] >> FUL__ALL & 1))
            continue;
        const ful__real *mass = mass_of(g, k->w->mass[0], node, FUL__ALL);
        k->out->stage[g->sub[at->sub].stage] += sum(g, mass);
        count_adopted(k->out, g, mass);
        if (k->see)
            k->see(k->user, g, at, FUL__AT_SENDER, 0, mass);
    }
}

static void follow(const walk *k)
{
    const ful_bargain *g = k->g;
    memset(k->out, 0, sizeof *k->out);
    start(k);
    for (int t = 0; t < g->H; t++) {
        k->out->annuity += ful__real_pow(g->d[FUL_S], t) * g->dt;
        follow_period(k, t);
    }
    end(k);
}

void ful__bargain_trace(const ful_bargain *g, ful_bargain_work *w, ful__see *see, void *user)
{
    totals unread;
    const walk k = {
        .g = g, .w = w, .out = &unread, .measures = 1 << FUL__ALL, .see = see, .user = user};
    follow(&k);
}

/* ---- the report ------------------------------------------------------------------------------ */

/* Off the path: T trembles by its menu weights until every kind of node has been reached, S and the
 * enforcers keep to their equilibrium. */
static void fill_conditionals(ful_bargain_report *r, const ful_bargain *g, ful_bargain_work *w,
                              const totals *path)
{
    ful_conditional *const into[CONDITIONALS] = {&r->restart, &r->honour, &r->snap_back};
    totals off;
    const walk trembling = {.g = g,
                            .w = w,
                            .out = &off,
                            .measures = 1 << FUL__NEVER_CHOSE | 1 << FUL__NEVER_CAUGHT,
                            .trembling = 1};
    int missing = 0;
    for (int c = 0; c < CONDITIONALS; c++) {
        into[c]->reach = ful__told(path->reach[c]);
        missing |= ful__re(path->reach[c]) < UNREACHED;
    }
    if (missing)
        follow(&trembling);
    for (int c = 0; c < CONDITIONALS; c++) {
        const totals *from = ful__re(path->reach[c]) < UNREACHED ? &off : path;
        if (ful__re(from->reach[c]) > 0)
            into[c]->probability = ful__told(from->met[c] / from->reach[c]);
    }
}

static double share(ful__real part, ful__real whole)
{
    return ful__re(whole) > 0 ? ful__told(part / whole) : 0;
}

static void fill_enforcers(ful_bargain_report *r, const ful_bargain *g, const totals *path)
{
    for (int k = 0; k < g->enforcers; k++) {
        ful_enforcer_report *own = r->enforcer + k;
        const conduct *of = path->enforcer + k;
        own->mean = ful__told(of->level / path->alive);
        own->armed = share(of->armed_level, path->armed);
        own->enforces = share(of->armed_meets, path->armed);
        own->first_move = ful__told(path->first_meets[k]);
        own->slack = ful__told(path->slack[k]);
        own->adopted = ful__told(of->adopted);
    }
}

void ful__bargain_forward(ful_bargain_report *report, const ful_bargain *g, ful_bargain_work *w)
{
    totals path;
    const walk k = {.g = g, .w = w, .out = &path, .measures = (1 << FUL__MEASURES) - 1};
    memset(report, 0, sizeof *report);
    follow(&k);
    const ful__real *stage = path.stage;
    report->denuclearised = ful__told(stage[FUL_STAGE_DISMANTLED]);
    report->frozen = ful__told(stage[FUL_STAGE_FROZEN] + stage[FUL_STAGE_DISMANTLING]);
    report->unchanged = ful__told(stage[FUL_STAGE_ARMED] + stage[FUL_STAGE_RESTARTED]);
    report->collapsed = ful__told(path.collapsed);
    report->ever_frozen = ful__told(path.ever[0]);
    report->ever_dismantled = ful__told(path.ever[1]);
    report->ever_restarted = ful__told(path.ever[2]);
    for (int group = 0; group < g->G; group++)
        report->enforcement[group] = ful__told(path.level[group] / path.alive);
    fill_enforcers(report, g, &path);
    report->sender_cost = ful__told(path.cost / path.annuity);
    report->target_income = ful__told(path.income / path.alive);
    fill_conditionals(report, g, w, &path);
}

static void set_precision(const ful_bargain *g, ful_bargain_work *w, double scale)
{
    for (int i = 0; i < g->players; i++)
        w->lambda[i] = isinf(scale) || isinf(ful__re(g->precision[i]))
                           ? INFINITY
                           : g->precision[i] * scale / g->stake[i];
}

static int perfect_enforcers(const ful_bargain *g, const ful_bargain_work *w)
{
    int perfect = 0;
    for (int i = FUL_E; i < g->players; i++)
        perfect |= isinf(ful__re(w->lambda[i]));
    return perfect;
}

ful_status ful__bargain_equilibrium(ful_bargain_report *report, const ful_bargain *g,
                                    ful_bargain_work *w, double lambda_scale, ful_error *err)
{
    if (!(lambda_scale >= 0))
        return ful_fail(err, FUL_ERR_ARGUMENT, "lambda_scale is %g, expected 0 or more",
                        lambda_scale);
    set_precision(g, w, lambda_scale);
    if (g->simultaneous && perfect_enforcers(g, w))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "simultaneous moves are followed from lambda = 0 and have no answer at "
                        "infinite precision: let the enforcers move in order");
    ful__bargain_backward(g, w);
    ful__bargain_forward(report, g, w);
    for (int i = 0; i < g->players; i++)
        report->value[i] =
            ful__told(g->status_quo[i] * g->dt / (1 - g->d[i]) + ROW(w->value[1], i)[g->start_e]);
    const int pledge = ful__era_of(g, 0)->pledge[ful__stands(g, 0, 1)];
    for (int k = 0; k < g->enforcers; k++)
        report->enforcer[k].collapse_loss =
            ful__told(-w->collapsed[(g->start_z * 2 + pledge) * w->rows + FUL_E + k]);
    report->residual = w->residual;
    return FUL_OK;
}
