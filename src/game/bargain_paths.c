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

#define ROW(array, index) ((array) + (size_t)(index) * (size_t)g->E)

typedef struct totals {
    double reach[3], met[3];    /* at the first node of each kind, and the choice asked for there */
    double ever[3];             /* frozen, dismantled, restarted */
    double alive, level[FUL_BARGAIN_MAX_GROUPS];
    double armed, armed_level, armed_meets;
    double first_meets, slack;
    double income, cost, annuity;
    double collapsed;
} totals;

enum { RESTART, HONOUR, SNAP_BACK };

/* Below this, what reaches a node is what arithmetic has left of it, and its parts are out of scale. */
#define UNREACHED 1e-200

typedef struct place {
    int t, sub, z, k, x;
    int number;
} place;

FUL_CLONES static void row_add_product(double *restrict out, const double *restrict a,
                                       const double *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += a[e] * b[e];
}

static double *mass_rows(const ful_bargain *g, double *mass, int node)
{
    return mass + (size_t)node * FUL__MEASURES * (size_t)g->E;
}

static double sum(const ful_bargain *g, const double *row)
{
    double total = 0;
    for (int e = 0; e < g->E; e++)
        total += row[e];
    return total;
}

static double dot(const ful_bargain *g, const double *a, const double *b)
{
    double total = 0;
    for (int e = 0; e < g->E; e++)
        total += a[e] * b[e];
    return total;
}

/* Rows of a measure at a node, cleared when first touched. */
static double *touch(const ful_bargain *g, double *mass, unsigned char *live, int node, int measure)
{
    double *row = ROW(mass_rows(g, mass, node), measure);
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

static void follow_sender(totals *out, const ful_bargain *g, ful_bargain_work *w, const place *at)
{
    ful__sender_move move[4];
    const int node = ful__node(g, at->sub, at->z, at->k, at->x);
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    const double *mass = mass_rows(g, w->mass[0], node), *p = ROW(w->sender, 4 * at->number);
    const int asks = n > 1 && g->sub[at->sub].accommodates;
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (!(w->live[0][node] >> m & 1))
            continue;
        if (asks && m == FUL__NEVER_CHOSE)
            out->reach[HONOUR] += sum(g, ROW(mass, m));
        for (int a = 0; a < n; a++) {
            const int to = ful__node(g, move[a].sub, at->z, at->k, move[a].x);
            double *into = touch(g, w->mass_after, w->live_after, to, m);
            if (asks && m == FUL__NEVER_CHOSE && move[a].honours)
                out->met[HONOUR] += dot(g, ROW(mass, m), ROW(p, a));
            for (int e = 0; e < g->E && n == 1; e++)
                into[e] += ROW(mass, m)[e];
            if (n > 1)
                row_add_product(into, ROW(mass, m), ROW(p, a), g->E);
        }
    }
}

/* ---- E --------------------------------------------------------------------------------------- */

/* The distribution of enforcement that mass at earlier levels leads to. */
static void choose_enforcement(double *out, const ful_bargain *g, ful_bargain_work *w,
                               const place *at, const double *from)
{
    const int lifted = ful__lifted(g, at->sub);
    double *product = w->scratch, *spare = ROW(w->scratch, 1), *p = ROW(w->choice, 2);
    switch (w->mode[at->number]) {
    case FUL__FORCED:
        memcpy(out, from, (size_t)g->E * sizeof *out);
        return;
    case FUL__SEPARABLE:
        for (int e = 0; e < g->E; e++)
            product[e] = from[e] * ROW(w->inverse, at->number)[e];
        ful__window_sums_into(out, spare, product, g, lifted);
        for (int e = 0; e < g->E; e++)
            out[e] *= ROW(w->enforcer, at->number)[e];
        return;
    default:
        memset(out, 0, (size_t)g->E * sizeof *out);
        for (int e = 0; e < g->E; e++) {
            if (from[e] == 0)
                continue;
            const int count = ful__window(w->window, g, e, lifted);
            ful__direct_choice(p, g, w, ROW(w->enforcer, at->number), count);
            for (int k = 0; k < count; k++)
                out[w->window[k]] += from[e] * p[k];
        }
    }
}

static double meeting(const ful_bargain *g, const double *mass)
{
    double total = 0;
    for (int e = 0; e < g->E; e++)
        total += g->meets[e] ? mass[e] : 0;
    return total;
}

/* E's best utility where the contract is met less the best elsewhere, as if no step were
 * limited. */
static double slack(const ful_bargain *g, const double *utility)
{
    double best[2] = {-INFINITY, -INFINITY};
    for (int e = 0; e < g->E; e++)
        best[g->meets[e]] = utility[e] > best[g->meets[e]] ? utility[e] : best[g->meets[e]];
    return best[1] - best[0];
}

/* ---- a post node ----------------------------------------------------------------------------- */

/* What the report asks of a period: `mass` is that of all paths, after E's choice. */
static void count_period(totals *out, const ful_bargain *g, const place *at, const double *mass)
{
    const size_t economy = ful__row(g, g->sub[at->sub].relief, at->k);
    const double discount = pow(g->d[FUL_S], at->t) * g->dt, alive = sum(g, mass);
    const int armed = g->sub[at->sub].stage == FUL_STAGE_ARMED;
    const ful__terms *terms = g->terms + at->t;
    out->alive += alive;
    for (int group = 0; group < g->G; group++)
        out->level[group] += dot(g, mass, ROW(g->of_group, group));
    out->income -= dot(g, mass, g->pressure + economy);
    if (at->x && terms->stands) {
        const double staged = g->sub[at->sub].accommodates ? terms->staged_cost : 0;
        out->cost += discount * (alive * (terms->gift_cost + staged) +
                                 dot(g, mass, g->pays) * terms->enforced_cost);
    }
    if (armed) {
        out->armed += alive;
        out->armed_level += dot(g, mass, g->mean);
        out->armed_meets += meeting(g, mass);
    }
}

/* Mass that T's move sends to `next`, spread over the moves of stress and adaptation. */
static void arrive(totals *out, const ful_bargain *g, ful_bargain_work *w, const place *at, int m,
                   int next, const double *mass)
{
    const int sub = ful__arrive(g, at->t + 1, next), relief = g->sub[at->sub].relief;
    const int x = ful__stands(g, at->t + 1, at->x);
    if (arrives(g->sub + sub, m)) {
        out->ever[m - FUL__NEVER_FROZEN] += sum(g, mass);
        return;
    }
    for (int dz = -1; dz <= 1; dz++)
        for (int dk = 0; dk <= 1; dk++) {
            const double *chance = ful__drift(g, at->t, relief, at->z, at->k, dz, dk);
            const int node = ful__node(g, sub, at->z + dz, at->k + dk, x);
            if (chance)
                row_add_product(touch(g, w->mass[1], w->live[1], node, m), mass, chance, g->E);
        }
}

static void follow_target(totals *out, const ful_bargain *g, ful_bargain_work *w, const place *at,
                          int m, const double *mass)
{
    ful__target_move move[3];
    double *part = ROW(w->scratch, 5), *seen = ROW(w->scratch, 6);
    const double *p = ROW(w->target, 3 * at->number);
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    const int asks = m == FUL__NEVER_CHOSE && n > 1 && g->sub[at->sub].accommodates &&
                     g->sub[at->sub].stage != FUL_STAGE_RESTARTED;
    if (asks) {
        out->reach[RESTART] += sum(g, mass);
        for (int a = 0; a < n; a++)
            if (move[a].next == RESTARTING)
                out->met[RESTART] += dot(g, mass, ROW(p, a));
        return;
    }
    for (int a = 0; a < n; a++) {
        for (int e = 0; e < g->E; e++)
            part[e] = n > 1 ? mass[e] * ROW(p, a)[e] : mass[e];
        if (move[a].next != RESTARTING) {
            arrive(out, g, w, at, m, move[a].next, part);
            continue;
        }
        for (int e = 0; e < g->E; e++)
            seen[e] = g->p.detection * part[e];
        arrive(out, g, w, at, m, ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0), seen);
        for (int e = 0; e < g->E; e++)
            seen[e] = (1 - g->p.detection) * part[e];
        arrive(out, g, w, at, m, ful__hidden_sub(g, g->sub[at->sub].relief), seen);
    }
}

static void follow_post(totals *out, const ful_bargain *g, ful_bargain_work *w, const place *at)
{
    const int node = ful__node(g, at->sub, at->z, at->k, at->x);
    const double *from = mass_rows(g, w->mass_after, node);
    const double *hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k);
    double *mass = ROW(w->scratch, 7);
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (!(w->live_after[node] >> m & 1))
            continue;
        choose_enforcement(mass, g, w, at, ROW(from, m));
        if (m == FUL__ALL) {
            count_period(out, g, at, mass);
            out->collapsed += dot(g, mass, hazard);
            if (at->t == 0) {
                out->first_meets += meeting(g, mass);
                out->slack += sum(g, mass) * slack(g, ROW(w->first, at->number));
            }
        }
        if (m == FUL__NEVER_CAUGHT && ful__lifted(g, at->sub) &&
            ful__enforcer_moves(g, at->t, at->sub)) {
            out->reach[SNAP_BACK] += sum(g, ROW(from, m));
            out->met[SNAP_BACK] += meeting(g, mass);
            continue;
        }
        for (int e = 0; e < g->E; e++)
            mass[e] *= 1 - hazard[e];
        follow_target(out, g, w, at, m, mass);
    }
}

/* ---- the sweep ------------------------------------------------------------------------------- */

static void follow_period(totals *out, const ful_bargain *g, ful_bargain_work *w, int t)
{
    const size_t row = (size_t)t * (size_t)g->nodes;
    memset(w->live_after, 0, (size_t)g->nodes);
    memset(w->live[1], 0, (size_t)g->nodes);
    for (int half = 0; half < 2; half++)
        for (int sub = 0; sub < g->subs; sub++)
            for (int z = 0; z < g->Z; z++)
                for (int k = 0; k < g->K; k++)
                    for (int x = 0; x < 2; x++) {
                        const int node = ful__node(g, sub, z, k, x);
                        const int number = (half ? g->post : g->pre)[row + (size_t)node];
                        const place at = {t, sub, z, k, x, number};
                        if (number >= 0)
                            (half ? follow_post : follow_sender)(out, g, w, &at);
                    }
    double *mass = w->mass[0];
    unsigned char *live = w->live[0];
    w->mass[0] = w->mass[1];
    w->live[0] = w->live[1];
    w->mass[1] = mass;
    w->live[1] = live;
}

static void start(totals *out, const ful_bargain *g, ful_bargain_work *w)
{
    const int node =
        ful__node(g, g->start_sub, g->start_z, g->start_k, ful__stands(g, 0, 1));
    memset(w->live[0], 0, (size_t)g->nodes);
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (arrives(g->sub + g->start_sub, m))
            out->ever[m - FUL__NEVER_FROZEN] = 1;
        else
            touch(g, w->mass[0], w->live[0], node, m)[g->start_e] = 1;
    }
}

/* Off the path: T trembles by its menu weights until every kind of node has been reached, S and E
 * keep to their equilibrium. */
static void tremble(const ful_bargain *g, ful_bargain_work *w)
{
    ful__target_move move[3];
    for (int t = 0; t < g->H; t++)
        for (int sub = 0; sub < g->subs; sub++)
            for (int x = 0; x < 2; x++)
                for (int zk = 0; zk < g->Z * g->K; zk++) {
                    const int node = ful__node(g, sub, zk / g->K, zk % g->K, x);
                    const int number = g->post[(size_t)t * (size_t)g->nodes + (size_t)node];
                    const int n = number < 0 ? 0 : ful__target_menu(move, g, t, sub, x);
                    for (int a = 0; a < n; a++)
                        for (int e = 0; e < g->E; e++)
                            ROW(w->target, 3 * number + a)[e] = move[a].weight;
                }
}

static void follow(totals *out, const ful_bargain *g, ful_bargain_work *w)
{
    memset(out, 0, sizeof *out);
    start(out, g, w);
    for (int t = 0; t < g->H; t++) {
        out->annuity += pow(g->d[FUL_S], t) * g->dt;
        follow_period(out, g, w, t);
    }
}

/* The partition of the state at the horizon. */
static void partition(ful_bargain_report *r, const ful_bargain *g, const ful_bargain_work *w)
{
    for (int node = 0; node < g->nodes; node++) {
        if (!(w->live[0][node] >> FUL__ALL & 1))
            continue;
        const double mass = sum(g, ROW(mass_rows(g, w->mass[0], node), FUL__ALL));
        switch (g->sub[node / (2 * g->Z * g->K)].stage) {
        case FUL_STAGE_DISMANTLED:
            r->denuclearised += mass;
            break;
        case FUL_STAGE_FROZEN:
        case FUL_STAGE_DISMANTLING:
            r->frozen += mass;
            break;
        case FUL_STAGE_ARMED:
        case FUL_STAGE_RESTARTED:
            r->unchanged += mass;
            break;
        }
    }
}

static void fill_conditionals(ful_bargain_report *r, const ful_bargain *g, ful_bargain_work *w,
                              const totals *path)
{
    ful_conditional *const into[] = {&r->restart, &r->honour, &r->snap_back};
    totals off;
    int missing = 0;
    for (int c = 0; c < 3; c++) {
        into[c]->reach = path->reach[c];
        missing |= path->reach[c] < UNREACHED;
    }
    if (missing) {
        tremble(g, w);
        follow(&off, g, w);
    }
    for (int c = 0; c < 3; c++) {
        const totals *from = path->reach[c] < UNREACHED ? &off : path;
        into[c]->probability = from->reach[c] > 0 ? from->met[c] / from->reach[c] : 0;
    }
}

void ful__bargain_forward(ful_bargain_report *report, const ful_bargain *g, ful_bargain_work *w)
{
    totals path;
    memset(report, 0, sizeof *report);
    follow(&path, g, w);
    partition(report, g, w);
    report->collapsed = path.collapsed;
    report->ever_frozen = path.ever[0];
    report->ever_dismantled = path.ever[1];
    report->ever_restarted = path.ever[2];
    for (int group = 0; group < g->G; group++) {
        report->enforcement[group] = path.level[group] / path.alive;
        report->enforcement_mean += g->share[group] * report->enforcement[group];
    }
    report->enforcement_armed = path.armed > 0 ? path.armed_level / path.armed : 0;
    report->enforces = path.armed > 0 ? path.armed_meets / path.armed : 0;
    report->first_move = path.first_meets;
    report->enforcer_slack = path.slack;
    report->sender_cost = path.cost / path.annuity;
    report->target_income = path.income / path.alive;
    fill_conditionals(report, g, w, &path);
}

ful_status ful_bargain_solve(ful_bargain_report *report, const ful_bargain *game,
                             ful_bargain_work *work, double lambda_scale, ful_error *err)
{
    const ful_bargain *g = game;
    const int x = ful__stands(g, 0, 1);
    const int node = ful__node(g, g->start_sub, g->start_z, g->start_k, x);
    if (!(lambda_scale >= 0))
        return ful_fail(err, FUL_ERR_ARGUMENT, "lambda_scale is %g, expected 0 or more",
                        lambda_scale);
    for (int i = 0; i < FUL_PLAYERS; i++)
        work->lambda[i] = isinf(lambda_scale) ? INFINITY : g->p.lambda * lambda_scale / g->stake[i];
    ful__bargain_backward(g, work);
    ful__bargain_forward(report, g, work);
    const double *value = work->value[1] + (size_t)node * FUL_PLAYERS * (size_t)g->E;
    for (int i = 0; i < FUL_PLAYERS; i++)
        report->value[i] =
            g->status_quo[i] * g->dt / (1 - g->d[i]) + ROW(value, i)[g->start_e];
    const int pledge = x && g->terms[0].troops;
    report->collapse_loss = -work->collapsed[(g->start_z * 2 + pledge) * FUL_PLAYERS + FUL_E];
    return FUL_OK;
}
