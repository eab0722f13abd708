/* SPDX-License-Identifier: MIT */
/* What cannot be a sanctions game, refused by name. */
#include "game/bargain_internal.h"

#include <math.h>
#include <stdio.h>

#define MAX_INCOME 1e6
#define MAX_NUMBER 1e15   /* products of a few of these stay finite */
#define MAX_DELTA .999999 /* the annuity of a patience without end has no value */

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
    int open_low;
} range;

static ful_status check_range(const char *whose, const range *r, ful_error *err)
{
    if (r->value >= r->low && r->value <= r->high && !(r->open_low && r->value == r->low))
        return FUL_OK;
    return ful_fail(err, FUL_ERR_DATA, "%s%s is %g, expected a number in %c%g, %g]", whose,
                    r->symbol, r->value, r->open_low ? '(' : '[', r->low, r->high);
}

static ful_status check_parameters(const ful_bargain_parameters *p, ful_error *err)
{
#define FINITE(symbol, unit, meaning)                                                              \
    if (!(fabs(p->symbol) <= MAX_NUMBER))                                                          \
        return ful_fail(err, FUL_ERR_DATA, "game." #symbol " is %g, expected %g..%g", p->symbol,   \
                        -MAX_NUMBER, MAX_NUMBER);
    FUL_BARGAIN_PARAMETERS(FINITE)
#undef FINITE
    const range ranges[] = {
        {"g_frozen", p->g_frozen, 0, 1, 0},
        {"refugees", p->refugees, 0, MAX_NUMBER, 0},
        {"camp_capacity", p->camp_capacity, 0, MAX_NUMBER, 1},
        {"h0", p->h0, 0, MAX_NUMBER, 0},
        {"detection", p->detection, 0, 1, 0},
        {"noise", p->noise, 0, 1, 0},
        {"turnover", p->turnover, 0, MAX_NUMBER, 0},
        {"turnover_withdraws", p->turnover_withdraws, 0, 1, 0},
    };
    ful_status status = FUL_OK;
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges && !status; k++)
        status = check_range("game.", ranges + k, err);
    if (!status && p->stress_down > p->stress_up)
        return ful_fail(err, FUL_ERR_DATA, "game.stress_down is %g, above game.stress_up, %g",
                        p->stress_down, p->stress_up);
    return status;
}

static ful_status check_players(const ful_bargain_data *d, ful_error *err)
{
    int seen = 0;
    for (int i = 0; i < d->players; i++) {
        const ful_player *player = d->player + i;
        const range delta = {"delta", player->delta, 0, MAX_DELTA, 1};
        const range stake = {"stake", player->stake, 0, MAX_NUMBER, 1};
        char whose[64];
        snprintf(whose, sizeof whose, "player '%s': ", ful__named(player->id));
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
    const char *id = ful__named(group->id);
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
    const char *id = ful__named(d->player[player].id);
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
        const char *id = ful__named(term->id);
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
            return ful_fail(err, FUL_ERR_DATA, "term '%s' is %g, expected %g..%g", id, term->amount,
                            -MAX_NUMBER, MAX_NUMBER);
    }
    return FUL_OK;
}

static ful_status check_levers(const ful_bargain_data *d, ful_error *err)
{
    for (int l = 0; l < d->levers; l++) {
        const ful_lever *lever = d->lever + l;
        const char *id = ful__named(lever->id);
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
                return ful_fail(err, FUL_ERR_DATA, "lever '%s' has %g, expected %g..%g", id,
                                number[k], -MAX_NUMBER, MAX_NUMBER);
    }
    return FUL_OK;
}

static size_t incomes(const ful_bargain_data *d)
{
    size_t entries = (size_t)(ful__tables(d) * RELIEFS * d->adaptation_steps * d->columns);
    for (int k = 0; k < d->groups; k++)
        entries *= (size_t)d->group[k].levels;
    return entries;
}

static ful_status check_income(const ful_bargain_data *d, ful_error *err)
{
    for (int t = 0; d->table && t < d->horizon; t++)
        if (d->table[t] < 0 || d->table[t] >= d->horizon)
            return ful_fail(err, FUL_ERR_DATA,
                            "period %d has table %d of incomes, expected 0 to %d", t, d->table[t],
                            d->horizon - 1);
    const size_t entries = incomes(d), columns = (size_t)d->columns;
    for (size_t k = 0; k < entries; k++)
        if (!(fabs(d->income[k]) <= MAX_INCOME))
            return ful_fail(err, FUL_ERR_DATA, "income %zu of column %zu is %g, expected per cent",
                            k / columns, k % columns, d->income[k]);
    return FUL_OK;
}

ful_status ful__bargain_check(const ful_bargain_data *d, ful_error *err)
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
