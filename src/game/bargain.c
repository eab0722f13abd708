/* SPDX-License-Identifier: MIT */
/* The sanctions game as an object: what is refused, what is computed once, where it lies. */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

/* A game larger than this is a typing error, not a question. */
#define MAX_BYTES ((size_t)2 << 30)
#define MAX_INCOME 1e6
#define MAX_NUMBER 1e15 /* products of a few of these stay finite */
/* Chances per half-year that high pressure raises stress, that strict enforcement adds a step of
 * adaptation: one step in two half-years, without a counter in the state. */
#define STRESS .5
#define ADAPTATION .5
#define MAX_DELTA .999999 /* the annuity of a patience without end has no value */

/* ---- layout: run once to measure, once to place ---------------------------------------------- */

static void *place(unsigned char *base, size_t *used, size_t count, size_t size)
{
    *used = (*used + 63) & ~(size_t)63;
    void *block = base ? base + *used : NULL;
    *used += count * size;
    return block;
}

static size_t lay_out(ful_bargain *g, unsigned char *base)
{
    const size_t E = (size_t)g->E, rows = RELIEFS * (size_t)g->K, nodes = (size_t)g->nodes;
    size_t used = sizeof *g;
    g->weight = place(base, &used, E, sizeof(double));
    g->mean = place(base, &used, E, sizeof(double));
    g->friction = place(base, &used, E, sizeof(double));
    g->pays = place(base, &used, E, sizeof(double));
    g->adapts = place(base, &used, E, sizeof(double));
    g->of_group = place(base, &used, (size_t)g->G * E, sizeof(double));
    g->below = place(base, &used, (size_t)g->G * E, sizeof(double));
    g->above = place(base, &used, (size_t)g->G * E, sizeof(double));
    g->meets = place(base, &used, E, 1);
    for (int i = 0; i < FUL_PLAYERS; i++)
        g->flow[i] = place(base, &used, rows * E, sizeof(double));
    g->pressure = place(base, &used, rows * E, sizeof(double));
    g->rise = place(base, &used, rows * E, sizeof(double));
    g->fall = place(base, &used, rows * E, sizeof(double));
    g->may_rise = place(base, &used, rows, 1);
    g->may_fall = place(base, &used, rows, 1);
    g->drift = place(base, &used, rows * (size_t)g->Z * 6 * E, sizeof(double));
    g->certain = place(base, &used, E, sizeof(double));
    g->hazard = place(base, &used, (size_t)(g->hazard_rows * g->Z) * rows * E, sizeof(double));
    g->pre = place(base, &used, (size_t)(g->H + 1) * nodes, sizeof(int));
    g->post = place(base, &used, (size_t)g->H * nodes, sizeof(int));
    return used;
}

/* ---- what is refused ------------------------------------------------------------------------- */

static ful_status check_count(int value, int low, int high, const char *what, ful_error *err)
{
    if (value < low || value > high)
        return ful_fail(err, FUL_ERR_DATA, "%s is %d, expected %d to %d", what, value, low, high);
    return FUL_OK;
}

static ful_status check_counts(const ful_bargain_data *d, ful_error *err)
{
    ful_status status = check_count(d->horizon, 1, MAX_HORIZON, "horizon", err);
    if (!status)
        status = check_count(d->dismantle_periods, 1, 8, "dismantle_periods", err);
    if (!status)
        status = check_count(d->settle_periods, 1, 8, "settle_periods", err);
    if (!status)
        status = check_count(d->stress_steps, 1, 4, "stress_steps", err);
    if (!status)
        status = check_count(d->adaptation_steps, 1, 4, "adaptation_steps", err);
    if (!status)
        status = check_count(d->groups, 1, FUL_BARGAIN_MAX_GROUPS, "groups", err);
    if (!status)
        status = check_count(d->levels, 2, MAX_LEVELS, "levels", err);
    if (!status)
        status = check_count(d->levers, 0, MAX_LEVERS, "levers", err);
    if (!status)
        status = check_count((int)d->start_stage, 0, FUL_STAGE_RESTARTED, "start_stage", err);
    if (!status)
        status = check_count(d->start_stress, 0, d->stress_steps - 1, "start_stress", err);
    if (!status)
        status = check_count(d->start_adaptation, 0, d->adaptation_steps - 1, "start_adaptation",
                             err);
    for (int group = 0; group < d->groups && !status; group++)
        status = check_count(d->start_level[group], 0, d->levels - 1, "start_level", err);
    return status;
}

/* What a parameter may be, beside finite. */
typedef struct range {
    const char *symbol;
    double value, low, high;
    int open_low, open_high;
} range;

static ful_status check_ranges(const ful_bargain_parameters *p, ful_error *err)
{
    const range ranges[] = {
        {"g_frozen", p->g_frozen, 0, 1, 0, 0},
        {"friction", p->friction, 0, INFINITY, 0, 1},
        {"refugees", p->refugees, 0, INFINITY, 0, 1},
        {"camp_capacity", p->camp_capacity, 0, INFINITY, 1, 1},
        {"h0", p->h0, 0, INFINITY, 0, 1},
        {"detection", p->detection, 0, 1, 0, 0},
        {"noise", p->noise, 0, 1, 0, 0},
        {"relief_freeze", p->relief_freeze, 0, 1, 0, 0},
        {"relief_dismantle", p->relief_dismantle, 0, 1, 0, 0},
        {"delta_S", p->delta_S, 0, MAX_DELTA, 1, 0},
        {"delta_E", p->delta_E, 0, MAX_DELTA, 1, 0},
        {"delta_T", p->delta_T, 0, MAX_DELTA, 1, 0},
        {"stake_S", p->stake_S, 0, INFINITY, 1, 1},
        {"stake_E", p->stake_E, 0, INFINITY, 1, 1},
        {"stake_T", p->stake_T, 0, INFINITY, 1, 1},
    };
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++) {
        const range *r = ranges + k;
        if (r->value < r->low || r->value > r->high || (r->open_low && r->value == r->low) ||
            (r->open_high && r->value == r->high))
            return ful_fail(err, FUL_ERR_DATA, "game.%s is %g, expected a number in %c%g, %g%c",
                            r->symbol, r->value, r->open_low ? '(' : '[', r->low, r->high,
                            r->open_high ? ')' : ']');
    }
    if (p->stress_down > p->stress_up)
        return ful_fail(err, FUL_ERR_DATA, "game.stress_down is %g, above game.stress_up, %g",
                        p->stress_down, p->stress_up);
    return FUL_OK;
}

static ful_status check_parameters(const ful_bargain_parameters *p, ful_error *err)
{
#define FINITE(symbol, unit, meaning)                                                              \
    if (!(fabs(p->symbol) <= MAX_NUMBER) && strcmp(#symbol, "lambda") != 0)                        \
        return ful_fail(err, FUL_ERR_DATA, "game." #symbol " is %g, expected a number", p->symbol);
    FUL_BARGAIN_PARAMETERS(FINITE)
#undef FINITE
    if (!(p->lambda >= 0))
        return ful_fail(err, FUL_ERR_DATA, "game.lambda is %g, expected 0 or more", p->lambda);
    return check_ranges(p, err);
}

static ful_status check_levels(const ful_bargain_data *d, ful_error *err)
{
    double sum = 0;
    for (int l = 0; l < d->levels; l++)
        if (!(d->level[l] >= 0) || !(d->level[l] <= 1) || (l && !(d->level[l] > d->level[l - 1])))
            return ful_fail(err, FUL_ERR_DATA,
                            "level %d is %g, expected levels that ascend within [0, 1]", l + 1,
                            d->level[l]);
    for (int group = 0; group < d->groups; group++) {
        if (!(d->group_share[group] >= 0))
            return ful_fail(err, FUL_ERR_DATA, "group share %d is %g, expected 0 or more",
                            group + 1, d->group_share[group]);
        sum += d->group_share[group];
    }
    if (!(fabs(sum - 1) <= 1e-9))
        return ful_fail(err, FUL_ERR_DATA, "the group shares sum to %.12g, expected 1", sum);
    const double ebar = d->p.ebar - SAME_LEVEL;
    if (!(ebar > d->level[0]) || !(ebar <= d->level[d->levels - 1]))
        return ful_fail(err, FUL_ERR_DATA,
                        "game.ebar is %g, expected a number above the lowest level, %g, and up to "
                        "the highest, %g",
                        d->p.ebar, d->level[0], d->level[d->levels - 1]);
    return FUL_OK;
}

static ful_status check_levers(const ful_bargain_data *d, ful_error *err)
{
    for (int l = 0; l < d->levers; l++) {
        const ful_lever *lever = d->lever + l;
        const char *id = lever->id ? lever->id : "";
        const double number[] = {lever->value_E, lever->value_T, lever->cost_S, lever->withdrawal,
                                 lever->hazard};
        if ((int)lever->contract < 0 || lever->contract > FUL_CONTRACT_STAGE)
            return ful_fail(err, FUL_ERR_DATA, "lever '%s' has contract %d, which there is not", id,
                            (int)lever->contract);
        if (lever->duration < 0)
            return ful_fail(err, FUL_ERR_DATA, "lever '%s' lasts %d periods, expected 0 or more",
                            id, lever->duration);
        for (size_t k = 0; k < sizeof number / sizeof *number; k++)
            if (!(fabs(number[k]) <= MAX_NUMBER))
                return ful_fail(err, FUL_ERR_DATA, "lever '%s' has %g, expected a number", id,
                                number[k]);
    }
    return FUL_OK;
}

static ful_status check_income(const ful_bargain_data *d, int entries, ful_error *err)
{
    for (int k = 0; k < entries; k++) {
        const ful_income *y = d->income + k;
        const double number[] = {y->S, y->E, y->elite, y->mass, y->T};
        for (size_t j = 0; j < sizeof number / sizeof *number; j++)
            if (!(fabs(number[j]) <= MAX_INCOME))
                return ful_fail(err, FUL_ERR_DATA, "income %d is %g, expected per cent", k,
                                number[j]);
    }
    return FUL_OK;
}

static ful_status check(const ful_bargain_data *d, ful_error *err)
{
    const double every = DECISION_YEARS / d->dt;
    ful_status status = check_counts(d, err);
    if (status)
        return status;
    if (!(every >= 1) || !(every <= 64) || fabs(every - round(every)) > 1e-9)
        return ful_fail(err, FUL_ERR_DATA,
                        "dt is %g years, expected a half-year or a whole fraction of one", d->dt);
    int joint = 1;
    for (int group = 0; group < d->groups; group++)
        joint *= d->levels;
    status = check_parameters(&d->p, err);
    if (!status)
        status = check_levels(d, err);
    if (!status)
        status = check_levers(d, err);
    if (!status)
        status = check_income(d, RELIEFS * d->adaptation_steps * joint, err);
    return status;
}

/* ---- what is computed once ------------------------------------------------------------------- */

static void set_scalars(ful_bargain *g, const ful_bargain_data *data)
{
    const ful_bargain_parameters *p = &data->p;
    g->p = *p;
    g->dt = data->dt;
    g->every = (int)lround(DECISION_YEARS / data->dt);
    g->H = data->horizon;
    g->G = data->groups;
    g->L = data->levels;
    g->Z = data->stress_steps;
    g->K = data->adaptation_steps;
    g->dismantle = data->dismantle_periods;
    g->settle = data->settle_periods;
    g->E = 1;
    for (int group = 0; group < g->G; group++)
        g->E *= g->L;
    ful__make_subs(g);
    g->nodes = g->subs * g->Z * g->K * 2;
    const double delta[] = {p->delta_S, p->delta_E, p->delta_T};
    const double stake[] = {p->stake_S, p->stake_E, p->stake_T};
    for (int i = 0; i < FUL_PLAYERS; i++) {
        g->d[i] = pow(delta[i], g->dt);
        g->stake[i] = stake[i];
    }
    g->start_z = data->start_stress;
    g->start_k = data->start_adaptation;
    const int first_step = data->start_stage == FUL_STAGE_DISMANTLING;
    g->start_sub = ful__find_sub(g, data->start_stage, first_step, 0);
    for (int group = g->G - 1; group >= 0; group--)
        g->start_e = g->start_e * g->L + data->start_level[group];
}

/* Trapezoid weights, so that a finer grid is the same menu. */
static void set_levels(ful_bargain *g, const ful_bargain_data *data)
{
    for (int l = 0; l < g->L; l++) {
        g->level[l] = data->level[l];
        const double below = l > 0 ? data->level[l] - data->level[l - 1] : 0;
        const double above = l + 1 < g->L ? data->level[l + 1] - data->level[l] : 0;
        g->level_weight[l] = (below + above) / 2;
    }
    for (int group = 0; group < g->G; group++)
        g->share[group] = data->group_share[group];
}

static void add_lever(ful__terms *terms, const ful_lever *lever)
{
    terms->stands = 1;
    terms->security += lever->value_T;
    terms->hazard += lever->hazard;
    terms->troops |= lever->troops != 0;
    switch (lever->contract) {
    case FUL_CONTRACT_UNCONDITIONAL:
        terms->gift += lever->value_E;
        terms->gift_cost += lever->cost_S;
        break;
    case FUL_CONTRACT_ENFORCEMENT:
        terms->enforced += lever->value_E;
        terms->enforced_cost += lever->cost_S;
        terms->withdrawal_enforced += lever->withdrawal;
        return;
    case FUL_CONTRACT_STAGE:
        terms->staged += lever->value_E;
        terms->staged_cost += lever->cost_S;
        break;
    }
    terms->withdrawal += lever->withdrawal;
}

/* The package's terms by period, and a row of hazards for each different one; row 0 is without. */
static void set_terms(ful_bargain *g, const ful_bargain_data *data)
{
    g->hazard_rows = 1;
    for (int t = 0; t <= g->H; t++) {
        ful__terms *terms = g->terms + t;
        for (int l = 0; l < data->levers; l++)
            if (t < data->lever[l].duration)
                add_lever(terms, data->lever + l);
        if (terms->hazard == 0)
            continue;
        for (int before = 0; before < t && !terms->hazard_row; before++)
            if (g->terms[before].hazard == terms->hazard)
                terms->hazard_row = g->terms[before].hazard_row;
        if (!terms->hazard_row)
            terms->hazard_row = g->hazard_rows++;
    }
}

static void set_enforcement(ful_bargain *g, int nothing_in_force)
{
    for (int e = 0; e < g->E; e++) {
        double weight = 1, mean = 0, square = 0;
        int meets = 1;
        for (int group = 0, rest = e; group < g->G; group++, rest /= g->L) {
            const int l = rest % g->L;
            weight *= g->level_weight[l];
            mean += g->share[group] * g->level[l];
            square += g->share[group] * g->level[l] * g->level[l];
            meets &= g->level[l] >= g->p.ebar - SAME_LEVEL;
            g->of_group[group * g->E + e] = g->level[l];
            g->below[group * g->E + e] = l > 0;
            g->above[group * g->E + e] = l + 1 < g->L;
        }
        g->weight[e] = weight;
        g->mean[e] = mean;
        g->meets[e] = (unsigned char)meets;
        g->friction[e] = nothing_in_force ? 0 : g->p.friction * square;
        g->pays[e] = nothing_in_force ? 0 : meets ? 1 - g->p.noise : g->p.noise;
        g->adapts[e] = mean > .5 ? ADAPTATION : 0;
        g->may_adapt |= mean > .5;
    }
}

static void set_economy(ful_bargain *g, const ful_income *income)
{
    const ful_bargain_parameters *p = &g->p;
    const ful_income *base = income + ful__row(g, 0, g->start_k) + g->start_e;
    const double friction = g->friction[g->start_e];
    for (int relief = 0; relief < RELIEFS; relief++)
        for (int k = 0; k < g->K; k++)
            for (int e = 0; e < g->E; e++) {
                const size_t row = ful__row(g, relief, k), at = row + (size_t)e;
                const size_t may = row / (size_t)g->E;
                const ful_income *y = income + at;
                g->flow[FUL_S][at] = p->w_S * (y->S - base->S);
                g->flow[FUL_E][at] = p->w_E * (y->E - base->E) - (g->friction[e] - friction);
                g->flow[FUL_T][at] =
                    p->w_elite * (y->elite - base->elite) + p->w_mass * (y->mass - base->mass);
                g->pressure[at] = -y->T;
                g->rise[at] = -y->T > p->stress_up ? STRESS : 0;
                g->fall[at] = -y->T < p->stress_down ? 1 : 0;
                g->may_rise[may] |= g->rise[at] > 0;
                g->may_fall[may] |= g->fall[at] > 0;
            }
    g->status_quo[FUL_S] = -p->b_S + p->w_S * base->S;
    g->status_quo[FUL_E] = -p->b_E - p->warrisk + p->w_E * base->E - friction;
    g->status_quo[FUL_T] = p->n_T + p->w_elite * base->elite + p->w_mass * base->mass;
}

/* Hazards of one row; `off` are the log points that the package takes off. */
static void set_hazard_row(ful_bargain *g, int row, double off)
{
    const size_t entries = RELIEFS * (size_t)(g->K * g->E);
    const double base = log(g->dt * g->p.h0) - off;
    for (int z = 0; z < g->Z; z++)
        for (size_t at = 0; at < entries; at++)
            g->hazard[(size_t)(row * g->Z + z) * entries + at] =
                -expm1(-exp(base + g->p.a_z * z + g->p.a_p * g->pressure[at]));
}

static void set_hazards(ful_bargain *g)
{
    int done = 0;
    set_hazard_row(g, done++, 0);
    for (int t = 0; t <= g->H; t++)
        if (g->terms[t].hazard_row == done)
            set_hazard_row(g, done++, g->terms[t].hazard);
}

ful_status ful_bargain_new(ful_bargain **out, const ful_bargain_data *data,
                           const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    ful_status status = check(data, err);
    if (status)
        return status;
    ful_bargain head;
    memset(&head, 0, sizeof head);
    set_scalars(&head, data);
    set_levels(&head, data);
    set_terms(&head, data);
    const size_t bytes = lay_out(&head, NULL);
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_bargain *g = bytes <= MAX_BYTES ? ful__take(source, bytes) : NULL;
    if (!g)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a game of %zu MiB", bytes >> 20);
    *g = head;
    g->allocator = source;
    g->bytes = bytes;
    lay_out(g, (unsigned char *)g);
    set_enforcement(g, data->nothing_in_force);
    set_economy(g, data->income);
    set_hazards(g);
    ful__make_drifts(g);
    ful__mark_reachable(g);
    *out = g;
    return FUL_OK;
}

void ful_bargain_free(ful_bargain *game)
{
    if (game)
        ful__give(game->allocator, game, game->bytes);
}

/* ---- workspaces ------------------------------------------------------------------------------ */

static size_t lay_out_work(ful_bargain_work *w, unsigned char *base, const ful_bargain *g)
{
    const size_t E = (size_t)g->E, nodes = (size_t)g->nodes, D = sizeof(double);
    const size_t players = FUL_PLAYERS, pres = (size_t)g->pres, posts = (size_t)g->posts;
    size_t used = sizeof *w;
    w->collapsed = place(base, &used, (size_t)g->Z * 2 * players, D);
    for (int half = 0; half < 2; half++) {
        w->value[half] = place(base, &used, nodes * players * E, D);
        w->mass[half] = place(base, &used, nodes * FUL__MEASURES * E, D);
        w->live[half] = place(base, &used, nodes, 1);
    }
    w->after = place(base, &used, nodes * players * E, D);
    w->mass_after = place(base, &used, nodes * FUL__MEASURES * E, D);
    w->live_after = place(base, &used, nodes, 1);
    w->continued = place(base, &used, (MAX_SUBS + 1) * players * E, D);
    w->is_continued = place(base, &used, MAX_SUBS + 1, 1);
    w->sender = place(base, &used, pres * 4 * E, D);
    w->target = place(base, &used, posts * 3 * E, D);
    w->enforcer = place(base, &used, posts * E, D);
    w->inverse = place(base, &used, posts * E, D);
    w->mode = place(base, &used, posts, 1);
    w->first = place(base, &used, 4 * E, D);
    w->scratch = place(base, &used, FUL__SCRATCH_ROWS * E, D);
    w->window = place(base, &used, E, sizeof(int));
    w->choice = place(base, &used, 3 * E, D);
    return used;
}

ful_status ful_bargain_work_new(ful_bargain_work **out, const ful_bargain *game,
                                const ful_allocator *allocator, ful_error *err)
{
    ful_bargain_work head;
    memset(&head, 0, sizeof head);
    *out = NULL;
    const size_t bytes = lay_out_work(&head, NULL, game);
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_bargain_work *w = bytes <= MAX_BYTES ? ful__take(source, bytes) : NULL;
    if (!w)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace of %zu MiB",
                        bytes >> 20);
    lay_out_work(w, (unsigned char *)w, game);
    w->allocator = source;
    w->bytes = bytes;
    *out = w;
    return FUL_OK;
}

void ful_bargain_work_free(ful_bargain_work *work)
{
    if (work)
        ful__give(work->allocator, work, work->bytes);
}
