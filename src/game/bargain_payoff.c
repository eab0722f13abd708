/* SPDX-License-Identifier: MIT */
/* Payoffs part by part, all relative to the status quo continuing, and the players' sums of them.
 */
#include "game/bargain_internal.h"

#include <string.h>

#include "base/clones.h"

/* ---- parts ----------------------------------------------------------------------------------- */

static void add_part(ful_bargain *g, int kind, int index, int player)
{
    g->part[g->parts++] = (ful__part){kind, index, player};
}

void ful__make_parts(ful_bargain *g)
{
    for (int k = 0; k < g->terms; k++)
        add_part(g, FUL__TERM, k, g->term[k].player);
    for (int l = 0; l < g->levers; l++) {
        add_part(g, FUL__VALUE, l, g->lever[l].enforcer);
        add_part(g, FUL__SECURITY, l, FUL_T);
        add_part(g, FUL__COST, l, FUL_S);
    }
    add_part(g, FUL__WITHDRAWAL, 0, FUL_S);
}

int ful__row_player(const ful_bargain *g, int row)
{
    return row < g->players ? row : g->part[row - g->players].player;
}

static int threatens(const ful__sub *s)
{
    return s->stage == FUL_STAGE_ARMED || s->stage == FUL_STAGE_RESTARTED;
}

static ful__real programme(const ful_bargain *g, const ful__sub *s, int c)
{
    return s->g * (1 + g->p.growth * c);
}

/* A part's flow a year that does not depend on enforcement. */
static ful__real constant_flow(const ful_bargain *g, const ful__part *part, int sub, int c)
{
    const ful__sub *s = g->sub + sub;
    if (part->kind != FUL__TERM)
        return 0;
    const ful__term *term = g->term + part->index;
    switch (term->kind) {
    case FUL_TERM_PROGRAMME: {
        const ful__sub armed = {.g = 1};
        return term->amount * (programme(g, s, c) - programme(g, &armed, g->start_c));
    }
    case FUL_TERM_ALERT:
        return term->amount * (threatens(s) - 1);
    case FUL_TERM_RELIEF:
        return term->amount * (s->relief > 0);
    default:
        return 0;
    }
}

FUL_CLONES static void add_change(ful__real *restrict out, const double *restrict of, double base,
                                  ful__real amount, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += amount * (of[e] - base);
}

FUL_CLONES static void add_income(ful__real *restrict out, const ful__real *restrict of,
                                  ful__real base, ful__real amount, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += amount * (of[e] - base);
}

FUL_CLONES static void add_paid(ful__real *restrict out, const ful__real *restrict paid,
                                ful__real amount, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += amount * paid[e];
}

static const ful__real *income(const ful_bargain *g, int economy, int column)
{
    return ROW(g->income, economy * g->columns + column);
}

static ful__real income_at_start(const ful_bargain *g, int column)
{
    return income(g, ful__economy(g, 0, 0, g->start_k), column)[g->start_e];
}

/* Add a part's flow a year that comes from the economy and from enforcing. */
static void add_economy(ful__real *out, const ful_bargain *g, const ful__part *part, int economy)
{
    if (part->kind != FUL__TERM)
        return;
    const ful__term *term = g->term + part->index;
    const ful__enforcer *own = g->enforcer + (part->player >= FUL_E ? part->player - FUL_E : 0);
    if (term->kind == FUL_TERM_INCOME)
        add_income(out, income(g, economy, term->column), income_at_start(g, term->column),
                   term->amount, g->E);
    if (term->kind == FUL_TERM_ENFORCEMENT)
        add_change(out, own->square, own->square[g->start_e], term->amount, g->E);
    if (term->kind == FUL_TERM_ADOPTION)
        add_change(out, own->adopted, own->adopted[g->start_e], term->amount, g->E);
}

/* Add what a lever in force pays the part's player a year. */
static void add_deal(ful__real *out, const ful_bargain *g, const ful__part *part, int accommodates)
{
    const ful__lever *lever = g->lever + part->index;
    const ful__enforcer *to = g->enforcer + lever->enforcer - FUL_E;
    const ful__real amount = part->kind == FUL__COST ? -lever->cost_S : lever->value_E;
    if (part->kind == FUL__SECURITY) {
        for (int e = 0; e < g->E && accommodates; e++)
            out[e] += lever->value_T;
        return;
    }
    if (lever->contract == FUL_CONTRACT_ENFORCEMENT)
        add_paid(out, to->paid, amount, g->E);
    else if (lever->contract == FUL_CONTRACT_PENALTY)
        add_paid(out, to->penal, amount, g->E);
    else
        for (int e = 0; e < g->E; e++)
            out[e] += lever->contract == FUL_CONTRACT_STAGE && !accommodates ? 0 : amount;
}

static int in_force(const ful__era *era, const ful__part *part)
{
    const int deal = part->kind >= FUL__VALUE && part->kind <= FUL__COST;
    return deal && (era->offered >> part->index & 1);
}

/* ---- tables of the players ------------------------------------------------------------------- */

static ful__real *constant_of(const ful_bargain *g, int player, int sub, int c)
{
    return g->constant + (player * g->subs + sub) * g->C + c;
}

static ful__real *economy_of(const ful_bargain *g, int player, int economy)
{
    return ROW(g->economy, player * ful__economies(g) + economy);
}

static void make_flows(ful_bargain *g, const ful__part *part)
{
    const int i = part->player;
    for (int sub = 0; sub < g->subs; sub++)
        for (int c = 0; c < g->C; c++)
            *constant_of(g, i, sub, c) += constant_flow(g, part, sub, c);
    for (int economy = 0; economy < ful__economies(g); economy++)
        add_economy(economy_of(g, i, economy), g, part, economy);
    for (int x = 0; x < 2; x++)
        for (int era = 0; era < g->eras[x]; era++)
            for (int yes = 0; yes < 2 && in_force(g->era[x] + era, part); yes++)
                add_deal(ful__deal(g, i, x, era, yes), g, part, yes);
}

/* The status quo's own flow: what everything else is relative to. */
static ful__real status_quo(const ful_bargain *g, const ful__part *part)
{
    if (part->kind != FUL__TERM)
        return 0;
    const ful__term *term = g->term + part->index;
    const ful__enforcer *own = g->enforcer + (part->player >= FUL_E ? part->player - FUL_E : 0);
    switch (term->kind) {
    case FUL_TERM_PROGRAMME:
        return term->amount * (1 + g->p.growth * g->start_c);
    case FUL_TERM_ALERT:
        return term->amount;
    case FUL_TERM_INCOME:
        return term->amount * income_at_start(g, term->column);
    case FUL_TERM_ENFORCEMENT:
        return term->amount * own->square[g->start_e];
    case FUL_TERM_ADOPTION:
        return term->amount * own->adopted[g->start_e];
    default:
        return 0;
    }
}

static void make_lumps(ful_bargain *g, const ful__part *part, int row)
{
    static const int kind[FUL__LUMPS] = {FUL_TERM_DISMANTLING, FUL_TERM_RESTART, FUL_TERM_AUDIENCE};
    for (int lump = 0; lump < FUL__LUMPS && part->kind == FUL__TERM; lump++)
        if (g->term[part->index].kind == kind[lump]) {
            g->lump[lump][row] += g->term[part->index].amount;
            g->lump[lump][part->player] += g->term[part->index].amount;
        }
}

/* Free after T's breach, and where the enforcer gives a reason: it does not do what it was to be
 * paid for, or does what it was to be made to do. */
static void make_withdrawal(ful_bargain *g, int era, int l)
{
    const ful__lever *lever = g->lever + l;
    const double *meets = g->enforcer[lever->enforcer - FUL_E].meets;
    ful__real *cost = ROW(g->withdrawal, era);
    if (!(g->era[1][era].offered >> l & 1) || lever->standing)
        return;
    for (int e = 0; e < g->E; e++) {
        double due = 1;
        if (lever->contract == FUL_CONTRACT_ENFORCEMENT)
            due = meets[e];
        if (lever->contract == FUL_CONTRACT_PENALTY)
            due = 1 - meets[e];
        cost[e] += due * lever->withdrawal;
    }
}

void ful__make_payoffs(ful_bargain *g)
{
    for (int k = 0; k < g->parts; k++) {
        make_flows(g, g->part + k);
        make_lumps(g, g->part + k, g->players + k);
        g->status_quo[g->part[k].player] += status_quo(g, g->part + k);
    }
    for (int era = 0; era < g->eras[1]; era++)
        for (int l = 0; l < g->levers; l++)
            make_withdrawal(g, era, l);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void player_flow(ful__real *constant, const ful__real **economy, const ful__real **deal,
                        const ful_bargain *g, int player, const ful__at *at, int as)
{
    const ful__sub *s = g->sub + as;
    *constant = *constant_of(g, player, as, at->c);
    *economy = economy_of(g, player, ful__economy(g, at->t, s->relief, at->k));
    *deal = ful__deal(g, player, at->x, g->era_of[at->x][at->t], s->accommodates);
}

void ful__row_flow(ful__real *constant, const ful__real **economy, const ful__real **deal,
                   ful__real *spare, const ful_bargain *g, int row, const ful__at *at, int as)
{
    const ful__sub *s = g->sub + as;
    if (row < g->players) {
        player_flow(constant, economy, deal, g, row, at, as);
        return;
    }
    const ful__part *part = g->part + row - g->players;
    memset(spare, 0, 2 * (size_t)g->E * sizeof *spare);
    *constant = constant_flow(g, part, as, at->c);
    *economy = spare;
    *deal = ROW(spare, 1);
    add_economy(spare, g, part, ful__economy(g, at->t, s->relief, at->k));
    if (in_force(ful__era_of(g, at->t, at->x), part))
        add_deal(ROW(spare, 1), g, part, s->accommodates);
}

void ful__flows(ful__real *u, const ful_bargain *g, const ful__at *at, int e)
{
    for (int i = 0; i < g->players; i++) {
        const ful__real *economy, *deal;
        ful__real constant;
        player_flow(&constant, &economy, &deal, g, i, at, at->sub);
        u[i] = constant + economy[e] + deal[e];
    }
}

/* ---- collapse -------------------------------------------------------------------------------- */

static ful__real refugees(const ful_bargain *g, int z)
{
    const ful__parameters *p = &g->p;
    const ful__real fill = p->refugees * ful__real_exp(p->refugees_stress * z) / p->camp_capacity;
    return ful__re(fill) > 1 ? fill * (1 + p->over * (fill - 1)) : fill;
}

/* Without a pledge an enforcer counts on S's troops at its border; a pledge spares it that where it
 * is kept. */
static ful__real part_at_collapse(const ful_bargain *g, const ful__part *part, int z, int pledge,
                                  int north)
{
    if (part->kind != FUL__TERM)
        return 0;
    const ful__term *term = g->term + part->index;
    switch (term->kind) {
    case FUL_TERM_COLLAPSE:
        return term->amount;
    case FUL_TERM_REFUGEES:
        return term->amount * refugees(g, z);
    case FUL_TERM_TROOPS:
        return pledge && !north ? 0 : term->amount;
    case FUL_TERM_NORTH:
        return north ? term->amount : 0;
    case FUL_TERM_NORTH_BROKEN:
        return north && pledge ? term->amount : 0;
    default:
        return 0;
    }
}

ful__real ful__last_payoff(const ful_bargain *g, int row, int z, int pledge, int north)
{
    ful__real sum = 0;
    if (row >= g->players)
        return part_at_collapse(g, g->part + row - g->players, z, pledge, north);
    for (int k = 0; k < g->parts; k++)
        if (g->part[k].player == row)
            sum += part_at_collapse(g, g->part + k, z, pledge, north);
    return sum;
}

void ful__collapse_values(ful__real *v, const ful_bargain *g, int rows, int z, int pledge,
                          ful__real lambda_S)
{
    static const double equal[2] = {1, 1};
    ful__real u[2], p[2];
    for (int north = 0; north < 2; north++)
        u[north] = ful__last_payoff(g, FUL_S, z, pledge, north);
    ful__logit(p, 2, equal, u, lambda_S);
    for (int row = 0; row < rows; row++)
        v[row] = p[0] * ful__last_payoff(g, row, z, pledge, 0) +
                 p[1] * ful__last_payoff(g, row, z, pledge, 1);
}

/* ---- the horizon ----------------------------------------------------------------------------- */

int ful__valued_as(const ful_bargain *g, int sub)
{
    const ful__sub *s = g->sub + sub;
    if (s->stage == FUL_STAGE_DISMANTLING)
        return ful__find_sub(g, FUL_STAGE_FROZEN, 0, s->delivered);
    if (s->hidden)
        return ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0);
    return sub;
}
