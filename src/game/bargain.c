/* SPDX-License-Identifier: MIT */
/* The sanctions game as an object: what is refused, what is computed once, where it lies. */
#include "game/bargain_internal.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clones.h"

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

static size_t lay_out(ful_bargain *g, unsigned char *base, size_t text)
{
    const size_t E = (size_t)g->E, rows = RELIEFS * (size_t)g->K, nodes = (size_t)g->nodes;
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

/* ---- what is refused ------------------------------------------------------------------------- */

static ful_status check_count(int value, int low, int high, const char *what, ful_error *err)
{
    if (value < low || value > high)
        return ful_fail(err, FUL_ERR_DATA, "%s is %d, expected %d to %d", what, value, low, high);
    return FUL_OK;
}

typedef struct count {
    const char *what;
    int value, low, high;
} count;

static ful_status check_counts(const ful_bargain_data *d, ful_error *err)
{
    const count counts[] = {
        {"horizon", d->horizon, 1, FUL_BARGAIN_MAX_HORIZON},
        {"dismantle_periods", d->dismantle_periods, 1, 8},
        {"settle_periods", d->settle_periods, 1, 8},
        {"stress_steps", d->stress_steps, 1, 4},
        {"adaptation_steps", d->adaptation_steps, 1, 4},
        {"capability_steps", d->capability_steps, 1, 8},
        {"moves", d->moves, 0, FUL_MOVES_ALL},
        {"players", d->players, FUL_E + 1, FUL_BARGAIN_MAX_PLAYERS},
        {"groups", d->groups, 1, FUL_BARGAIN_MAX_GROUPS},
        {"terms", d->terms, 0, FUL_BARGAIN_MAX_TERMS},
        {"columns", d->columns, 1, 1 << 20},
        {"levers", d->levers, 0, FUL_BARGAIN_MAX_LEVERS},
        {"start_stage", (int)d->start_stage, 0, FUL_STAGES - 1},
        {"start_stress", d->start_stress, 0, d->stress_steps - 1},
        {"start_adaptation", d->start_adaptation, 0, d->adaptation_steps - 1},
        {"start_capability", d->start_capability, 0, d->capability_steps - 1},
    };
    ful_status status = FUL_OK;
    for (size_t k = 0; k < sizeof counts / sizeof *counts && !status; k++)
        status = check_count(counts[k].value, counts[k].low, counts[k].high, counts[k].what, err);
    return status;
}

/* What a number may be, beside finite. */
typedef struct range {
    const char *symbol;
    double value, low, high;
    int open_low, open_high;
} range;

static ful_status check_range(const char *whose, const range *r, ful_error *err)
{
    if (r->value >= r->low && r->value <= r->high && !(r->open_low && r->value == r->low) &&
        !(r->open_high && r->value == r->high))
        return FUL_OK;
    return ful_fail(err, FUL_ERR_DATA, "%s%s is %g, expected a number in %c%g, %g%c", whose,
                    r->symbol, r->value, r->open_low ? '(' : '[', r->low, r->high,
                    r->open_high ? ')' : ']');
}

static ful_status check_parameters(const ful_bargain_parameters *p, ful_error *err)
{
#define FINITE(symbol, unit, meaning)                                                              \
    if (!(fabs(p->symbol) <= MAX_NUMBER))                                                          \
        return ful_fail(err, FUL_ERR_DATA, "game." #symbol " is %g, expected a number", p->symbol);
    FUL_BARGAIN_PARAMETERS(FINITE)
#undef FINITE
    const range ranges[] = {
        {"g_frozen", p->g_frozen, 0, 1, 0, 0},
        {"refugees", p->refugees, 0, INFINITY, 0, 1},
        {"camp_capacity", p->camp_capacity, 0, INFINITY, 1, 1},
        {"h0", p->h0, 0, INFINITY, 0, 1},
        {"detection", p->detection, 0, 1, 0, 0},
        {"noise", p->noise, 0, 1, 0, 0},
        {"turnover", p->turnover, 0, INFINITY, 0, 1},
        {"turnover_withdraws", p->turnover_withdraws, 0, 1, 0, 0},
    };
    ful_status status = FUL_OK;
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges && !status; k++)
        status = check_range("game.", ranges + k, err);
    if (!status && p->stress_down > p->stress_up)
        return ful_fail(err, FUL_ERR_DATA, "game.stress_down is %g, above game.stress_up, %g",
                        p->stress_down, p->stress_up);
    return status;
}

static const char *named(const char *id)
{
    return id ? id : "";
}

static ful_status check_players(const ful_bargain_data *d, ful_error *err)
{
    int seen = 0;
    for (int i = 0; i < d->players; i++) {
        const ful_player *player = d->player + i;
        const range delta = {"delta", player->delta, 0, MAX_DELTA, 1, 0};
        const range stake = {"stake", player->stake, 0, MAX_NUMBER, 1, 0};
        char whose[64];
        snprintf(whose, sizeof whose, "player '%s': ", named(player->id));
        ful_status status = check_range(whose, &delta, err);
        if (!status)
            status = check_range(whose, &stake, err);
        if (status)
            return status;
        if (!(player->precision >= 0))
            return ful_fail(err, FUL_ERR_DATA, "%sprecision is %g, expected 0 or more", whose,
                            player->precision);
    }
    for (int k = 0; k < d->players - FUL_E && d->order; k++)
        if (d->order[k] >= FUL_E && d->order[k] < d->players)
            seen |= 1 << d->order[k];
    if (d->order && seen != (1 << d->players) - (1 << FUL_E))
        return ful_fail(err, FUL_ERR_DATA,
                        "the order of moves does not name each enforcer, player %d to %d, once",
                        FUL_E, d->players - 1);
    return FUL_OK;
}

static ful_status check_group(const ful_bargain_data *d, const ful_enforced *group, ful_error *err)
{
    const char *id = named(group->id);
    if (group->owner < FUL_E || group->owner >= d->players)
        return ful_fail(err, FUL_ERR_DATA,
                        "group '%s' belongs to player %d, which enforces nothing", id,
                        group->owner);
    if (group->levels < 1 || group->levels > MAX_LEVELS)
        return ful_fail(err, FUL_ERR_DATA, "group '%s' has %d levels, expected 1 to %d", id,
                        group->levels, MAX_LEVELS);
    if (group->start < 0 || group->start >= group->levels)
        return ful_fail(err, FUL_ERR_DATA, "group '%s' starts at level %d, expected 0 to %d", id,
                        group->start, group->levels - 1);
    for (int l = 0; l < group->levels; l++)
        if (!(group->level[l] >= 0) || !(group->level[l] <= 1) ||
            (l && !(group->level[l] > group->level[l - 1])))
            return ful_fail(err, FUL_ERR_DATA,
                            "group '%s': level %d is %g, expected levels that ascend within [0, 1]",
                            id, l + 1, group->level[l]);
    if (!(group->share >= 0) || (group->adoption && group->share != 0))
        return ful_fail(err, FUL_ERR_DATA, "group '%s' has share %g, expected %s", id, group->share,
                        group->adoption ? "0 of an adoption" : "0 or more");
    return FUL_OK;
}

/* Shares sum to one, and the contract asks for something that can be done and can be left undone.
 */
static ful_status check_enforcer(const ful_bargain_data *d, int player, ful_error *err)
{
    const double ebar = d->p.ebar - SAME_LEVEL;
    double sum = 0;
    int groups = 0, moves = 0, can = 1, need_not = 0;
    for (int k = 0; k < d->groups; k++) {
        const ful_enforced *group = d->group + k;
        if (group->owner != player || group->adoption)
            continue;
        groups++;
        moves |= group->levels > 1;
        sum += group->share;
        can &= ebar <= group->level[group->levels - 1];
        need_not |= ebar > group->level[0];
    }
    const char *id = named(d->player[player].id);
    if (!groups)
        return ful_fail(err, FUL_ERR_DATA, "player '%s' has no group of goods to enforce", id);
    if (!(fabs(sum - 1) <= 1e-9))
        return ful_fail(err, FUL_ERR_DATA, "the group shares of '%s' sum to %.12g, expected 1", id,
                        sum);
    if (moves && (!can || !need_not))
        return ful_fail(err, FUL_ERR_DATA,
                        "game.ebar is %g, which '%s' %s: expected a number above the lowest level "
                        "of one of its groups and up to the highest of all",
                        d->p.ebar, id, can ? "meets at any level" : "cannot meet");
    return FUL_OK;
}

static ful_status check_groups(const ful_bargain_data *d, ful_error *err)
{
    ful_status status = FUL_OK;
    int joint = 1;
    for (int k = 0; k < d->groups && !status; k++) {
        status = check_group(d, d->group + k, err);
        joint *= status ? 1 : d->group[k].levels;
    }
    if (!status && joint > FUL_BARGAIN_MAX_JOINT)
        return ful_fail(err, FUL_ERR_DATA, "the groups have %d joint levels, expected at most %d",
                        joint, FUL_BARGAIN_MAX_JOINT);
    for (int player = FUL_E; player < d->players && !status; player++)
        status = check_enforcer(d, player, err);
    return status;
}

static ful_status check_terms(const ful_bargain_data *d, ful_error *err)
{
    for (int k = 0; k < d->terms; k++) {
        const ful_term *term = d->term + k;
        const char *id = named(term->id);
        if (term->player < 0 || term->player >= d->players)
            return ful_fail(err, FUL_ERR_DATA, "term '%s' is of player %d, of %d", id, term->player,
                            d->players);
        if ((int)term->kind < 0 || term->kind >= FUL_TERM_KINDS)
            return ful_fail(err, FUL_ERR_DATA, "term '%s' has kind %d, which there is not", id,
                            (int)term->kind);
        if ((term->kind == FUL_TERM_ENFORCEMENT || term->kind == FUL_TERM_ADOPTION) &&
            term->player < FUL_E)
            return ful_fail(err, FUL_ERR_DATA,
                            "term '%s' is of enforcing, and its player enforces nothing", id);
        if (term->kind == FUL_TERM_INCOME && (term->column < 0 || term->column >= d->columns))
            return ful_fail(err, FUL_ERR_DATA, "term '%s' is of income %d, of %d", id, term->column,
                            d->columns);
        if (!(fabs(term->amount) <= MAX_NUMBER))
            return ful_fail(err, FUL_ERR_DATA, "term '%s' is %g, expected a number", id,
                            term->amount);
    }
    return FUL_OK;
}

static ful_status check_levers(const ful_bargain_data *d, ful_error *err)
{
    for (int l = 0; l < d->levers; l++) {
        const ful_lever *lever = d->lever + l;
        const char *id = named(lever->id);
        const double number[] = {lever->value_E, lever->value_T, lever->cost_S, lever->withdrawal,
                                 lever->hazard};
        if ((int)lever->contract < 0 || lever->contract > FUL_CONTRACT_PENALTY)
            return ful_fail(err, FUL_ERR_DATA, "lever '%s' has contract %d, which there is not", id,
                            (int)lever->contract);
        if (lever->enforcer < FUL_E || lever->enforcer >= d->players)
            return ful_fail(err, FUL_ERR_DATA,
                            "lever '%s' is offered to player %d, who is no "
                            "enforcer: expected %d to %d",
                            id, lever->enforcer, FUL_E, d->players - 1);
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

static size_t incomes(const ful_bargain_data *d)
{
    size_t entries = RELIEFS * (size_t)d->adaptation_steps * (size_t)d->columns;
    for (int k = 0; k < d->groups; k++)
        entries *= (size_t)d->group[k].levels;
    return entries;
}

static ful_status check_income(const ful_bargain_data *d, ful_error *err)
{
    const size_t entries = incomes(d), columns = (size_t)d->columns;
    for (size_t k = 0; k < entries; k++)
        if (!(fabs(d->income[k]) <= MAX_INCOME))
            return ful_fail(err, FUL_ERR_DATA, "income %zu of column %zu is %g, expected per cent",
                            k / columns, k % columns, d->income[k]);
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
    status = check_parameters(&d->p, err);
    if (!status)
        status = check_players(d, err);
    if (!status)
        status = check_groups(d, err);
    if (!status)
        status = check_terms(d, err);
    if (!status)
        status = check_levers(d, err);
    if (!status)
        status = check_income(d, err);
    return status;
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
    for (int block = 0; block < RELIEFS * g->K; block++)
        for (int e = 0; e < g->E; e++)
            for (int column = 0; column < g->columns; column++) {
                const size_t from = (size_t)(block * g->E + e) * (size_t)g->columns;
                ROW(g->income, block * g->columns + column)
                [e] = ful__number(income[from + (size_t)column],
                                  along ? along[from + (size_t)column] : 0);
            }
}

static const ful__real *target_income(const ful_bargain *g, int block)
{
    return ROW(g->income, block * g->columns);
}

static void set_stress(ful_bargain *g)
{
    for (int block = 0; block < RELIEFS * g->K; block++)
        for (int e = 0; e < g->E; e++) {
            const double pressure = -ful__re(target_income(g, block)[e]);
            const size_t at = (size_t)block * (size_t)g->E + (size_t)e;
            g->rise[at] = pressure > ful__re(g->p.stress_up) ? STRESS : 0;
            g->fall[at] = pressure < ful__re(g->p.stress_down) ? 1 : 0;
            g->may_rise[block] |= g->rise[at] > 0;
            g->may_fall[block] |= g->fall[at] > 0;
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
        for (int block = 0; block < RELIEFS * g->K; block++)
            hazards(ROW(g->hazard, (row * g->Z + z) * RELIEFS * g->K + block),
                    target_income(g, block), g->dt * g->p.h0, g->p.a_z * z - off, g->p.a_p, g->E);
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
    return named(p->kind == FUL__TERM ? data->term[p->index].id : data->lever[p->index].id);
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
    ful_status status = check(data, err);
    if (status)
        return status;
    ful_bargain head;
    memset(&head, 0, sizeof head);
    set_counts(&head, data);
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

/* ---- workspaces ------------------------------------------------------------------------------ */

typedef struct piece {
    const void *at;
    size_t bytes;
} piece;

#define PIECES 11

/* All that play at bare nodes depends on, and where nodes and their choices are kept. */
static void bare_pieces(piece out[PIECES], const ful_bargain *g, const ful_bargain_work *w)
{
    const size_t end = (size_t)ful__block(g, 2, 0, 0, 0), R = sizeof(ful__real);
    const size_t hazards = (size_t)(g->bare_hazard_rows * g->Z * RELIEFS * g->K * g->E);
    const size_t deals = (size_t)(g->eras[0] * 2 * g->players * g->E);
    const piece all[PIECES] = {
        {&g->p, offsetof(ful_bargain, terms) - offsetof(ful_bargain, p)},
        {g->shared, g->shared_bytes},
        {g->hazard, hazards * R},
        {g->deal, deals * R},
        {g->eras, sizeof *g->eras},
        {g->era_of[0], sizeof g->era_of[0]},
        {g->era[0], sizeof g->era[0]},
        {g->pre, (size_t)g->first_pre[end] * sizeof *g->pre},
        {g->post, (size_t)g->first_post[end] * sizeof *g->post},
        {w->lambda, sizeof w->lambda},
        {w->collapsed, (size_t)(g->Z * 2 * w->rows) * R},
    };
    memcpy(out, all, sizeof all);
}

static size_t bare_bytes(const ful_bargain *g, const ful_bargain_work *w)
{
    piece part[PIECES];
    size_t bytes = 0;
    bare_pieces(part, g, w);
    for (int k = 0; k < PIECES; k++)
        bytes += part[k].bytes;
    return bytes;
}

int ful__bare_known(ful_bargain_work *w, const ful_bargain *g)
{
    piece part[PIECES];
    unsigned char *known = w->known;
    int same = w->known_bytes == bare_bytes(g, w);
    bare_pieces(part, g, w);
    for (int k = 0; k < PIECES; known += part[k++].bytes) {
        same = same && memcmp(known, part[k].at, part[k].bytes) == 0;
        if (!same)
            memcpy(known, part[k].at, part[k].bytes);
    }
    w->known_bytes = bare_bytes(g, w);
    return same;
}

static size_t lay_out_work(ful_bargain_work *w, unsigned char *base, const ful_bargain *g)
{
    const size_t R = sizeof(ful__real), row = (size_t)g->E * R;
    const size_t pres = (size_t)(g->most_pre[0] + g->most_pre[1]);
    const size_t posts = (size_t)(g->most_post[0] + g->most_post[1]);
    const size_t all_posts = (size_t)g->first_post[ful__block(g, 2, 0, 0, 0)];
    const size_t enforcers = (size_t)g->enforcers, subs = (size_t)g->subs + 1;
    size_t used = sizeof *w;
    w->rows = g->players + (w->parts ? g->parts : 0);
    const size_t rows = (size_t)w->rows;
    const size_t moving = rows + 1 > FUL__MEASURES ? rows + 1 : FUL__MEASURES;
    /* what is kept from game to game lies in front, in the same place for the same bare nodes */
    w->collapsed = ful__place(base, &used, (size_t)g->Z * 2 * rows, R);
    w->known = ful__place(base, &used, bare_bytes(g, w), 1);
    w->bare_value = ful__place(base, &used, (size_t)ful__bare_pres(g) * rows, row);
    w->bare_after = ful__place(base, &used, (size_t)ful__bare_posts(g) * rows, row);
    w->first = ful__place(base, &used, 4 * enforcers, row);
    w->mode = ful__place(base, &used, all_posts * enforcers, 1);
    w->policy = ful__place(base, &used, (size_t)g->policies, row);
    for (int half = 0; half < 2; half++) {
        w->value[half] = ful__place(base, &used, (size_t)g->most_pre[1] * rows, row);
        w->mass[half] = ful__place(base, &used, pres * FUL__MEASURES, row);
        w->live[half] = ful__place(base, &used, pres, 1);
        w->stage[half] = ful__place(base, &used, rows, row);
    }
    w->adapted = ful__place(base, &used, pres * rows, row);
    w->after = ful__place(base, &used, (size_t)g->most_post[1] * rows, row);
    w->mass_after = ful__place(base, &used, posts * FUL__MEASURES, row);
    w->live_after = ful__place(base, &used, posts, 1);
    w->continued = ful__place(base, &used, subs * rows, row);
    w->inflow = ful__place(base, &used, subs * FUL__MEASURES, row);
    w->scratch = ful__place(base, &used, FUL__SCRATCH, row);
    w->moving = ful__place(base, &used, moving + 2, row);
    w->spare = ful__place(base, &used, moving + 2, row);
    w->tally = ful__place(base, &used, (size_t)(4 * RELIEFS * g->K), row);
    w->alive = ful__place(base, &used, 1, row);
    w->armed = ful__place(base, &used, 1, row);
    w->ended = ful__place(base, &used, 1, row);
    w->window = ful__place(base, &used, (size_t)g->E, sizeof(int));
    w->menu = ful__place(base, &used, (size_t)g->E, sizeof(double));
    w->choice = ful__place(base, &used, 2, row);
    if (g->simultaneous)
        ful__together_room(&w->together, base, &used, g);
    w->moving += base ? g->E : 0;
    w->spare += base ? g->E : 0;
    return used;
}

ful_status ful__bargain_work_make(ful_bargain_work **out, const ful_bargain *game, int parts,
                                  const ful_allocator *allocator, ful_error *err)
{
    ful_bargain_work head;
    *out = NULL;
    memset(&head, 0, sizeof head);
    head.parts = parts;
    const size_t bytes = lay_out_work(&head, NULL, game) + FUL__PLACE_SLACK;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_bargain_work *w = bytes <= MAX_BYTES ? ful__take(source, bytes) : NULL;
    if (!w)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace of %zu MiB",
                        bytes >> 20);
    *w = head;
    w->allocator = source;
    w->bytes = bytes;
    *out = w;
    return FUL_OK;
}

ful_status ful__bargain_fit(ful_bargain_work *work, const ful_bargain *game, ful_error *err)
{
    ful_bargain_work head = *work;
    const size_t bytes = lay_out_work(&head, NULL, game) + FUL__PLACE_SLACK;
    if (bytes > work->bytes)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "the game needs a workspace of %zu bytes, this one has %zu", bytes,
                        work->bytes);
    lay_out_work(work, (unsigned char *)work, game);
    return FUL_OK;
}

void ful__bargain_work_free(ful_bargain_work *work)
{
    if (work)
        ful__give(work->allocator, work, work->bytes);
}
