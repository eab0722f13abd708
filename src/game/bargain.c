/* SPDX-License-Identifier: MIT */
/* The sanctions game as an object: what is computed once, where it lies. */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

/* Chances per half-year that high pressure raises stress, that strict enforcement adds a step of
 * adaptation: one step in two half-years, without a counter in the state. */
#define STRESS .5
#define ADAPTATION .5

/* ---- layout: run once to measure, once to place ---------------------------------------------- */

static size_t lay_out(ful_bargain *g, unsigned char *base, size_t text)
{
    const size_t E = (size_t)g->E, rows = (size_t)ful__economies(g), nodes = (size_t)g->nodes;
    const size_t players = (size_t)g->players, R = sizeof(ful__real);
    const size_t eras = (size_t)(g->eras[0] + g->eras[1]);
    const size_t H = (size_t)g->H, G = (size_t)g->G, D = sizeof(double);
    const size_t blocks = (size_t)ful__block(g, 2, 0, 0, 0);
    size_t used = sizeof *g;
    g->part_name = ful__place(base, &used, (size_t)g->parts, sizeof *g->part_name);
    g->text = ful__place(base, &used, text, 1);
    g->of_group = ful__place(base, &used, G * E, D);
    g->below = ful__place(base, &used, G * E, D);
    g->above = ful__place(base, &used, G * E, D);
    g->never = ful__place(base, &used, E, D);
    for (int k = 0; k < g->enforcers; k++) {
        ful__enforcer *own = g->enforcer + k;
        double **row[] = {&own->weight,  &own->mean,   &own->square,
                          &own->adopted, &own->raised, &own->meets};
        for (size_t j = 0; j < sizeof row / sizeof *row; j++)
            *row[j] = ful__place(base, &used, E, D);
        own->paid = ful__place(base, &used, E, R);
        own->penal = ful__place(base, &used, E, R);
    }
    g->income = ful__place(base, &used, rows * (size_t)g->columns * E, R);
    g->shared = ful__place(base, &used, 0, 1);
    const size_t shared = used;
    g->constant = ful__place(base, &used, players * (size_t)(g->subs * g->C), R);
    g->economy = ful__place(base, &used, players * rows * E, R);
    g->rise = ful__place(base, &used, rows * E, D);
    g->fall = ful__place(base, &used, rows * E, D);
    g->adapts = ful__place(base, &used, E, D);
    g->may_rise = ful__place(base, &used, rows, 1);
    g->may_fall = ful__place(base, &used, rows, 1);
    g->shared_bytes = used - shared;
    g->deal = ful__place(base, &used, eras * 2 * players * E, R);
    g->withdrawal = ful__place(base, &used, (size_t)g->eras[1] * E, R);
    g->hazard = ful__place(base, &used, (size_t)(g->hazard_rows * g->Z) * rows * E, R);
    g->drift = ful__place(base, &used, rows * (size_t)g->Z * 3 * E, R);
    g->certain = ful__place(base, &used, E, R);
    g->pre_at = ful__place(base, &used, (H + 1) * nodes, sizeof(int));
    g->post_at = ful__place(base, &used, H * nodes, sizeof(int));
    g->first_pre = ful__place(base, &used, blocks + 1, sizeof(int));
    g->first_post = ful__place(base, &used, blocks + 1, sizeof(int));
    g->pre = ful__place(base, &used, (H + 1) * nodes, sizeof(ful__at));
    g->post = ful__place(base, &used, H * nodes, sizeof(ful__at));
    return used;
}

/* ---- what is computed once ------------------------------------------------------------------- */

static void set_numbers(ful_bargain *g, const ful_bargain_data *data, const ful_bargain_data *along)
{
#define TAKE(symbol, unit, meaning) g->p.symbol = ful__number(data->p.symbol, along->p.symbol);
    FUL_BARGAIN_PARAMETERS(TAKE)
#undef TAKE
    for (int i = 0; i < data->players; i++) {
        const ful_player *at = data->player + i, *slope = along->player + i;
        g->d[i] = ful__real_pow(ful__number(at->delta, slope->delta), data->dt);
        g->stake[i] = ful__number(at->stake, slope->stake);
        g->precision[i] =
            isinf(at->precision) ? INFINITY : ful__number(at->precision, slope->precision);
    }
    for (int k = 0; k < data->terms; k++) {
        const ful_term *at = data->term + k;
        g->term[k] = (ful__term){.player = at->player,
                                 .kind = (int)at->kind,
                                 .column = at->column,
                                 .amount = ful__number(at->amount, along->term[k].amount)};
    }
    for (int l = 0; l < data->levers; l++) {
        const ful_lever *at = data->lever + l, *slope = along->lever + l;
        g->lever[l] = (ful__lever){.contract = (int)at->contract,
                                   .enforcer = at->enforcer,
                                   .standing = at->standing != 0,
                                   .duration = at->duration,
                                   .troops = at->troops != 0,
                                   .value_E = ful__number(at->value_E, slope->value_E),
                                   .value_T = ful__number(at->value_T, slope->value_T),
                                   .cost_S = ful__number(at->cost_S, slope->cost_S),
                                   .withdrawal = ful__number(at->withdrawal, slope->withdrawal),
                                   .hazard = ful__number(at->hazard, slope->hazard)};
    }
    g->turnover = -ful__real_expm1(-DECISION_YEARS * g->p.turnover) * g->p.turnover_withdraws;
}

static void set_tables(ful_bargain *g, const ful_bargain_data *data)
{
    g->tables = ful__tables(data);
    for (int t = 0; data->table && t <= data->horizon; t++)
        g->table[t] = data->table[t < data->horizon ? t : data->horizon - 1];
}

static void set_counts(ful_bargain *g, const ful_bargain_data *data)
{
    g->dt = data->dt;
    g->every = (int)lround(DECISION_YEARS / data->dt);
    g->H = data->horizon;
    g->G = data->groups;
    g->Z = data->stress_steps;
    g->K = data->adaptation_steps;
    g->C = data->capability_steps;
    g->players = data->players;
    g->enforcers = data->players - FUL_E;
    g->columns = data->columns;
    g->terms = data->terms;
    g->levers = data->levers;
    g->dismantle = data->dismantle_periods;
    g->settle = data->settle_periods;
    g->moves = data->moves;
    g->simultaneous = data->simultaneous != 0;
    g->start_z = data->start_stress;
    g->start_k = data->start_adaptation;
    g->start_c = data->start_capability;
}

static void set_groups(ful_bargain *g, const ful_bargain_data *data)
{
    g->E = 1;
    for (int k = 0; k < g->G; k++) {
        const ful_enforced *group = data->group + k;
        g->owner[k] = group->owner - FUL_E;
        g->levels[k] = group->levels;
        g->stride[k] = g->E;
        g->start[k] = group->start;
        g->adoption[k] = group->adoption != 0;
        g->share[k] = group->share;
        memcpy(g->level[k], group->level, (size_t)group->levels * sizeof *group->level);
        g->start_e += group->start * g->E;
        g->E *= group->levels;
    }
}

/* Those who can choose, in their order. */
static void set_order(ful_bargain *g, const ful_bargain_data *data)
{
    for (int k = 0; k < g->enforcers; k++) {
        const int enforcer = data->order ? data->order[k] - FUL_E : k;
        if (!ful__has_choice(g, enforcer))
            continue;
        g->turn[enforcer] = g->movers;
        g->order[g->movers++] = enforcer;
    }
}

static void set_stages(ful_bargain *g, const ful_bargain_data *data)
{
    const int first_step = data->start_stage == FUL_STAGE_DISMANTLING;
    ful__make_subs(g);
    g->nodes = g->subs * g->Z * g->K * g->C * 2;
    g->start_sub = ful__find_sub(g, data->start_stage, first_step, 0);
}

static ful__era era_at(const ful_bargain *g, int t, int x)
{
    ful__era era = {0};
    for (int l = 0; l < g->levers; l++)
        if (t < g->lever[l].duration && (x || g->lever[l].standing)) {
            era.offered |= 1u << l;
            era.pledge |= g->lever[l].troops;
        }
    return era;
}

/* Log points off the hazard of collapse. */
static ful__real calm(const ful_bargain *g, const ful__era *era)
{
    ful__real off = 0;
    for (int l = 0; l < g->levers; l++)
        if (era->offered >> l & 1)
            off += g->lever[l].hazard;
    return off;
}

/* Levers run out one by one, so a set of them is never in force twice. Hazards have a row for
 * nothing that calms, row 0, and one for each era with something. */
static void set_eras(ful_bargain *g, int x)
{
    for (int t = 0; t <= g->H; t++) {
        ful__era era = era_at(g, t, x);
        if (g->eras[x] == 0 || g->era[x][g->eras[x] - 1].offered != era.offered) {
            if (calm(g, &era) != 0)
                era.hazard_row = g->hazard_rows++;
            g->era[x][g->eras[x]++] = era;
        }
        g->era_of[x][t] = g->eras[x] - 1;
    }
}

static void set_levers(ful_bargain *g)
{
    g->hazard_rows = 1;
    set_eras(g, 0);
    g->bare_hazard_rows = g->hazard_rows;
    set_eras(g, 1);
    for (int l = 0; l < g->levers; l++)
        for (int t = 0; t <= g->H; t++)
            g->stands[t] |= t < g->lever[l].duration && !g->lever[l].standing;
}

/* Trapezoid weights, so that a finer grid is the same menu. */
static double trapezoid(const ful_bargain *g, int group, int l)
{
    const double *level = g->level[group];
    if (g->levels[group] == 1)
        return 1;
    const double below = l > 0 ? level[l] - level[l - 1] : 0;
    const double above = l + 1 < g->levels[group] ? level[l + 1] - level[l] : 0;
    return (below + above) / 2;
}

static void set_level(ful_bargain *g, int group, int e, int in_force)
{
    ful__enforcer *own = g->enforcer + g->owner[group];
    const int l = e / g->stride[group] % g->levels[group];
    const double level = g->level[group][l];
    ROW(g->of_group, group)[e] = level;
    ROW(g->below, group)[e] = l > 0;
    ROW(g->above, group)[e] = l + 1 < g->levels[group];
    own->weight[e] *= trapezoid(g, group, l);
    if (g->adoption[group]) {
        own->adopted[e] += level;
        own->raised[e] = own->raised[e] > 0 || l > g->start[group];
        return;
    }
    own->mean[e] += g->share[group] * level;
    own->square[e] += in_force ? g->share[group] * level * level : 0;
    own->meets[e] *= level >= ful__re(g->p.ebar) - SAME_LEVEL;
}

static void set_enforcement(ful_bargain *g, int in_force)
{
    for (int e = 0; e < g->E; e++) {
        for (int k = 0; k < g->enforcers; k++)
            g->enforcer[k].weight[e] = g->enforcer[k].meets[e] = 1;
        for (int group = 0; group < g->G; group++)
            set_level(g, group, e, in_force);
        for (int k = 0; k < g->enforcers && in_force; k++) {
            const ful__real paid = g->enforcer[k].meets[e] > 0 ? 1 - g->p.noise : g->p.noise;
            g->enforcer[k].paid[e] = paid;
            g->enforcer[k].penal[e] = 1 - paid;
        }
        g->adapts[e] = g->enforcer[0].mean[e] > .5 ? ADAPTATION : 0;
        g->may_adapt |= g->enforcer[0].mean[e] > .5;
    }
}

/* Incomes are kept by column, so that each is a row over e. */
static void set_income(ful_bargain *g, const double *income, const double *along)
{
    for (int economy = 0; economy < ful__economies(g); economy++)
        for (int e = 0; e < g->E; e++)
            for (int column = 0; column < g->columns; column++) {
                const size_t from = (size_t)(economy * g->E + e) * (size_t)g->columns;
                ROW(g->income, economy * g->columns + column)
                [e] = ful__number(income[from + (size_t)column],
                                  along ? along[from + (size_t)column] : 0);
            }
}

static const ful__real *target_income(const ful_bargain *g, int economy)
{
    return ROW(g->income, economy * g->columns);
}

static void set_stress(ful_bargain *g)
{
    for (int economy = 0; economy < ful__economies(g); economy++)
        for (int e = 0; e < g->E; e++) {
            const double pressure = -ful__re(target_income(g, economy)[e]);
            const size_t at = (size_t)economy * (size_t)g->E + (size_t)e;
            g->rise[at] = pressure > ful__re(g->p.stress_up) ? STRESS : 0;
            g->fall[at] = pressure < ful__re(g->p.stress_down) ? 1 : 0;
            g->may_rise[economy] |= g->rise[at] > 0;
            g->may_fall[economy] |= g->fall[at] > 0;
        }
}

FUL_CLONES static void hazards(ful__real *restrict out, const ful__real *restrict income,
                               ful__real rate, ful__real exponent, ful__real a_p, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = -ful__real_expm1(-rate * ful__real_exp(exponent - a_p * income[e]));
}

static void set_hazard_row(ful_bargain *g, int row, ful__real off)
{
    for (int z = 0; z < g->Z; z++)
        for (int economy = 0; economy < ful__economies(g); economy++)
            hazards(ROW(g->hazard, (row * g->Z + z) * ful__economies(g) + economy),
                    target_income(g, economy), g->dt * g->p.h0, g->p.a_z * z - off, g->p.a_p, g->E);
}

static void set_hazards(ful_bargain *g)
{
    set_hazard_row(g, 0, 0);
    for (int x = 0; x < 2; x++)
        for (int k = 0; k < g->eras[x]; k++)
            if (g->era[x][k].hazard_row)
                set_hazard_row(g, g->era[x][k].hazard_row, calm(g, g->era[x] + k));
}

/* ---- names ----------------------------------------------------------------------------------- */

static const char *name_of(const ful_bargain *g, const ful_bargain_data *data, int part)
{
    const ful__part *p = g->part + part;
    if (p->kind == FUL__WITHDRAWAL)
        return "withdrawal";
    return ful__named(p->kind == FUL__TERM ? data->term[p->index].id : data->lever[p->index].id);
}

static size_t length_of_names(const ful_bargain *g, const ful_bargain_data *data)
{
    size_t length = 0;
    for (int k = 0; k < g->parts; k++)
        length += strlen(name_of(g, data, k)) + 1;
    return length;
}

static void set_names(ful_bargain *g, const ful_bargain_data *data)
{
    char *text = g->text;
    for (int k = 0; k < g->parts; k++) {
        const size_t size = strlen(name_of(g, data, k)) + 1;
        g->part_name[k] = memcpy(text, name_of(g, data, k), size);
        text += size;
    }
}

/* ---- the object ------------------------------------------------------------------------------ */

ful_status ful__bargain_make(ful_bargain **out, const ful_bargain_data *data,
                             const ful_bargain_data *direction, const ful_allocator *allocator,
                             ful_error *err)
{
    *out = NULL;
    ful_status status = ful__bargain_check(data, err);
    if (status)
        return status;
    ful_bargain head;
    memset(&head, 0, sizeof head);
    set_counts(&head, data);
    set_tables(&head, data);
    set_numbers(&head, data, direction);
    set_groups(&head, data);
    set_order(&head, data);
    set_stages(&head, data);
    set_levers(&head);
    ful__make_parts(&head);
    const size_t text = length_of_names(&head, data);
    const size_t bytes = lay_out(&head, NULL, text) + FUL__PLACE_SLACK;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_bargain *g = bytes <= MAX_BYTES ? ful__take(source, bytes) : NULL;
    if (!g)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a game of %zu MiB", bytes >> 20);
    *g = head;
    g->allocator = source;
    g->bytes = bytes;
    lay_out(g, (unsigned char *)g, text);
    set_names(g, data);
    set_enforcement(g, !data->nothing_in_force);
    set_income(g, data->income, direction->income);
    set_stress(g);
    set_hazards(g);
    ful__make_payoffs(g);
    ful__make_drifts(g);
    ful__mark_reachable(g);
    *out = g;
    return FUL_OK;
}

void ful__bargain_free(ful_bargain *game)
{
    if (game)
        ful__give(game->allocator, game, game->bytes);
}
