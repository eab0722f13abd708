/* SPDX-License-Identifier: MIT */
/* From an offer to the data of its game, at any values of the game's own parameters. */
#include "study/payoffs_internal.h"

#include <math.h>
#include <string.h>

#include "study/world_internal.h"

#define FOR_GOOD FUL_BARGAIN_MAX_HORIZON /* a side payment has no end */

/* What the numbers of the data are made from: a vector of parameters, or one for `only` and zero
 * for all others. */
typedef struct source {
    const ful_payoffs *f;
    const ful_situation *s;
    const double *p; /* NULL: see `only` */
    ful_param only;
} source;

static double value(const source *x, ful_param k)
{
    if (k == FUL_NO_PARAM)
        return 0;
    return x->p ? x->p[k] : k == x->only;
}

_Static_assert(sizeof(ful_bargain_parameters) % sizeof(double) == 0, "only doubles");
#define RULES ((int)(sizeof(ful_bargain_parameters) / sizeof(double)))

/* The struct is made of nothing but the listed doubles. */
static double *rule(ful_bargain_parameters *p, int k)
{
    return &((double *)p)[k];
}

static double amount_of(const source *x, const ful_case_term *term)
{
    return (term->loss ? -1 : 1) * value(x, term->amount);
}

/* What a change of incomes is worth to a player. */
static double worth(const source *x, int player, const double *change)
{
    double sum = 0;
    for (int k = 0; k < x->s->game.terms; k++) {
        const ful_case_term *term = &x->s->game.term[k];
        if (term->player == player && term->kind == FUL_TERM_INCOME)
            sum += amount_of(x, term) * change[term->column];
    }
    return sum;
}

static void set_players(ful_player *player, const source *x, const ful_offer *offer)
{
    for (int i = 0; i < x->s->game.players; i++) {
        const ful_case_player *own = &x->s->game.player[i];
        player[i] = (ful_player){.id = x->s->actor[own->actor].id,
                                 .delta = value(x, own->delta),
                                 .precision = offer->perfect ? INFINITY : value(x, own->precision),
                                 .stake = value(x, own->stake)};
    }
}

/* A held part has one level, where it starts. */
static void set_groups(ful_enforced *group, const source *x, const ful_offer *offer)
{
    memcpy(group, x->f->part, sizeof x->f->part);
    for (int k = 0; k < x->f->parts; k++)
        if (ful_offer_holds(x->s, offer, k)) {
            group[k].level += group[k].start;
            group[k].levels = 1;
            group[k].start = 0;
        }
}

static void set_terms(ful_term *term, const source *x)
{
    for (int k = 0; k < x->s->game.terms; k++) {
        const ful_case_term *own = &x->s->game.term[k];
        term[k] = (ful_term){.id = own->id,
                             .player = own->player,
                             .kind = own->kind,
                             .column = own->column,
                             .amount = amount_of(x, own)};
    }
}

static ful_contract contract_of(const ful_case_lever *lever, ful_terms terms)
{
    if (lever->stick || terms == FUL_TERMS_AS_WORDED)
        return lever->contract;
    return terms == FUL_TERMS_GIFTS ? FUL_CONTRACT_UNCONDITIONAL : FUL_CONTRACT_ENFORCEMENT;
}

/* The economy's part is added to what the case states. */
static ful_lever lever_of(const source *x, int l, ful_terms terms)
{
    const ful_case_lever *own = &x->s->lever[l];
    const double *change = x->f->lever + l * x->f->columns;
    return (ful_lever){.id = own->id,
                       .contract = contract_of(own, terms),
                       .enforcer = own->enforcer,
                       .standing = own->standing,
                       .duration = own->duration,
                       .value_E = value(x, own->value_e) + worth(x, own->enforcer, change),
                       .value_T = value(x, own->value_t),
                       .cost_S = value(x, own->cost_s) - worth(x, FUL_S, change),
                       .withdrawal = value(x, own->withdrawal),
                       .hazard = value(x, own->hazard),
                       .troops = own->troops};
}

/* The pivotal enforcer's economy over the sender's: what a per cent of one is in per cents of the
 * other. */
static double relative_size(const source *x)
{
    return ful__value_added(x->f->world, x->s->game.player[FUL_E].actor) /
           ful__value_added(x->f->world, x->s->game.player[FUL_S].actor);
}

static ful_status set_levers(ful_lever *lever, int *count, const source *x, const ful_offer *offer,
                             ful_error *err)
{
    *count = 0;
    for (int l = 0; l < x->s->levers; l++) {
        const int taken = x->s->lever[l].stick ? offer->stick : (int)(offer->levers >> l & 1);
        if (taken)
            lever[(*count)++] = lever_of(x, l, offer->terms);
    }
    if (offer->transfer == 0)
        return FUL_OK;
    if (*count == FUL_BARGAIN_MAX_LEVERS)
        return ful_fail(err, FUL_ERR_ARGUMENT, "a side payment beside %d levers is one too many",
                        *count);
    lever[(*count)++] = (ful_lever){.id = "transfer",
                                    .contract = FUL_CONTRACT_ENFORCEMENT,
                                    .enforcer = FUL_E,
                                    .duration = FOR_GOOD,
                                    .value_E = offer->transfer,
                                    .cost_S = offer->transfer * relative_size(x)};
    return FUL_OK;
}

static ful_status set_data(ful_bargain_data *out, ful_bargain_room *room, const source *x,
                           const ful_offer *offer, ful_error *err)
{
    const ful_payoffs *f = x->f;
    const ful_case_game *game = &x->s->game;
    for (int k = 0; k < f->parts; k++)
        if (offer->moving & ful_held_parts(x->s) & ~f->moving & 1u << k)
            return ful_fail(err, FUL_ERR_ARGUMENT, "the table of incomes holds '%s' where it is",
                            game->part[k].id);
    const int enforcers = game->players - FUL_E;
    *out = (ful_bargain_data){.dt = .5,
                              .horizon = offer->horizon ? offer->horizon : game->horizon,
                              .dismantle_periods = game->dismantle_periods,
                              .settle_periods = game->settle_periods,
                              .stress_steps = game->stress_steps,
                              .adaptation_steps = game->adaptation_steps,
                              .capability_steps = game->capability_steps,
                              .moves = game->moves,
                              .players = game->players,
                              .player = room->player,
                              .order = room->order,
                              .simultaneous = game->simultaneous || offer->simultaneous,
                              .groups = f->parts,
                              .group = room->group,
                              .terms = game->terms,
                              .term = room->term,
                              .columns = f->columns,
                              .income = ful__income_of(f, offer),
                              .start_stage = game->start_stage,
                              .lever = room->lever};
    for (int k = 0; k < RULES; k++)
        *rule(&out->p, k) = value(x, game->parameter[k]);
    set_players(room->player, x, offer);
    set_terms(room->term, x);
    set_groups(room->group, x, offer);
    for (int k = 0; k < enforcers; k++)
        room->order[k] = FUL_E + (offer->reverse ? enforcers - 1 - k : k);
    return set_levers(room->lever, &out->levers, x, offer, err);
}

ful_status ful_payoffs_data(ful_bargain_data *out, ful_bargain_room *room, const ful_payoffs *f,
                            const ful_offer *offer, const double *p, ful_error *err)
{
    const source x = {
        .f = f, .s = ful_world_situation(f->world), .p = p ? p : ful_world_parameters(f->world)};
    return set_data(out, room, &x, offer, err);
}

/* ---- held parts ---- */

int ful_offer_holds(const ful_situation *s, const ful_offer *offer, int part)
{
    return s->game.part[part].held && !(offer->moving >> part & 1);
}

unsigned ful_held_parts(const ful_situation *s)
{
    unsigned held = 0;
    for (int k = 0; k < s->game.enforced; k++)
        held |= (unsigned)(s->game.part[k].held != 0) << k;
    return held;
}

double ful_offer_level(const ful_situation *s, const ful_offer *offer, int joint, int part)
{
    const ful_case_enforced *own = &s->game.part[part];
    if (ful_offer_holds(s, offer, part))
        return own->level[own->start];
    for (int k = 0; k < part; k++)
        if (!ful_offer_holds(s, offer, k))
            joint /= s->game.part[k].levels;
    return own->level[joint % own->levels];
}

/* ---- the game's own parameters ---- */

int ful_payoffs_direct(const ful_payoffs *f, ful_param parameter)
{
    const ful_situation *s = ful_world_situation(f->world);
    const ful_case_game *game = &s->game;
    int found = 0;
    for (int k = 0; k < RULES; k++)
        found |= game->parameter[k] == parameter;
    for (int i = 0; i < game->players; i++)
        found |= game->player[i].delta == parameter || game->player[i].precision == parameter ||
                 game->player[i].stake == parameter;
    for (int k = 0; k < game->terms; k++)
        found |= game->term[k].amount == parameter;
    for (int l = 0; l < s->levers; l++) {
        const ful_case_lever *x = &s->lever[l];
        found |= x->value_e == parameter || x->value_t == parameter || x->cost_s == parameter ||
                 x->withdrawal == parameter || x->hazard == parameter;
    }
    return parameter != FUL_NO_PARAM && found;
}

ful_status ful_payoffs_direction(ful_bargain_data *out, ful_bargain_room *room,
                                 const ful_payoffs *f, const ful_offer *offer, ful_param parameter,
                                 ful_error *err)
{
    /* linear without a constant, but for a side payment and what does not move at all */
    const source x = {.f = f, .s = ful_world_situation(f->world), .only = parameter};
    const ful_status status = set_data(out, room, &x, offer, err);
    if (status != FUL_OK)
        return status;
    out->dt = 0;
    out->income = NULL;
    for (int k = 0; k < f->parts; k++)
        room->group[k].share = 0;
    if (offer->transfer != 0)
        room->lever[out->levers - 1].value_E = room->lever[out->levers - 1].cost_S = 0;
    return FUL_OK;
}

/* ---- a game ---- */

static ful_status game_at(ful_bargain **out, const ful_payoffs *f, const ful_offer *offer,
                          const double *p, const ful_allocator *allocator, ful_error *err)
{
    ful_bargain_data data;
    ful_bargain_room room;
    *out = NULL;
    const ful_status status = ful_payoffs_data(&data, &room, f, offer, p, err);
    return status == FUL_OK ? ful_bargain_new(out, &data, allocator, err) : status;
}

ful_status ful_payoffs_game(ful_bargain **out, const ful_payoffs *payoffs, const ful_offer *offer,
                            const ful_allocator *allocator, ful_error *err)
{
    return game_at(out, payoffs, offer, NULL, allocator, err);
}

ful_status ful_payoffs_play(ful_bargain_report *report, const ful_payoffs *payoffs,
                            const ful_offer *offer, const double *p, double lambda_scale,
                            const ful_allocator *allocator, ful_error *err)
{
    ful_bargain *game;
    ful_bargain_work *work = NULL;
    ful_status status = game_at(&game, payoffs, offer, p, allocator, err);
    if (status == FUL_OK)
        status = ful_bargain_work_new(&work, game, allocator, err);
    if (status == FUL_OK)
        status = ful_bargain_solve(report, game, work, lambda_scale, err);
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    return status;
}

double ful_bargain_freeze(const ful_bargain_report *report)
{
    return report->denuclearised + report->frozen;
}
