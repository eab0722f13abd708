/* SPDX-License-Identifier: MIT */
/* What would it take? Every package and contract against an aim, at the centre or over draws. */
#include "fulcrum/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/draws.h"
#include "study/games.h"
#include "study/statistics.h"
#include "study/world_internal.h"

typedef struct study {
    const ful_requirement *asked;
    int bids;
    const ful_bid *bid;
    double *aim, *cost; /* draws x bids; without draws one of them */
    double *transfer;   /* draws */
} study;

/* Whether draws are counted: those in which enforcement reaches the level asked for. Of a freeze,
 * and without draws, the probability itself is asked for. */
static int is_counted(const ful_requirement *asked)
{
    return asked->aim == FUL_AIM_ENFORCE && asked->draws;
}

/* How much of the aim is enough in a world. */
static double enough(const ful_requirement *asked)
{
    return is_counted(asked) ? asked->level : asked->probability;
}

/* ---- the bids ---- */

static ful_bid *list_bids(int count, const ful_situation *s, ful_arena *arena)
{
    ful_bid *bid = ful_arena_take(arena, (size_t)count, sizeof *bid);
    for (int k = 0; bid && k < count; k++)
        bid[k].offer = ful__offer(s, k);
    return bid;
}

/* Every bid and the side payment in one world. */
static ful_status play_bids(const study *d, int draw, const ful_payoffs *payoffs,
                            const ful_run *run, ful_error *err)
{
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful__game *game = ful_arena_take(arena, (size_t)d->bids, sizeof *game);
    if (!game)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    for (int k = 0; game && k < d->bids; k++)
        game[k] = (ful__game){.offer = d->bid[k].offer, .lambda_scale = 1};
    if (status == FUL_OK)
        status =
            ful__games_play(game, d->bids, payoffs, d->asked->draws ? NULL : "packages", run, err);
    for (int k = 0; status == FUL_OK && k < d->bids; k++) {
        d->aim[draw * d->bids + k] = ful__games_aim(&game[k].report, d->asked->aim);
        d->cost[draw * d->bids + k] = game[k].report.sender_cost;
    }
    ful_arena_free(arena);
    if (status == FUL_OK)
        status = ful__games_transfer(&d->transfer[draw], payoffs, &(ful_offer){.pressure = 1},
                                     d->asked->aim, enough(d->asked), allocator, err);
    return status;
}

static ful_status play_draw(void *user, int draw, const ful_world *world,
                            const ful_payoffs *payoffs, ful__board *board, const ful_run *inner,
                            ful_error *err)
{
    (void)world;
    (void)board; /* the games keep boards of their own */
    return play_bids(user, draw, payoffs, inner, err);
}

/* ---- reduction ---- */

static void reduce_bids(ful_answer *out, const study *d, const unsigned char *solved, int draws)
{
    const double share = 1.0 / (out->draws > 0 ? out->draws : 1);
    for (int draw = 0; draw < draws; draw++) {
        if (solved && !solved[draw])
            continue;
        int met = 0;
        for (int k = 0; k < d->bids; k++) {
            const double aim = d->aim[draw * d->bids + k];
            const int meets = aim >= enough(d->asked);
            met |= meets;
            out->bid[k].probability += share * (is_counted(d->asked) ? meets : aim);
            out->bid[k].cost += share * d->cost[draw * d->bids + k];
        }
        out->unmet += share * !met;
    }
}

static int cheaper(const void *a, const void *b)
{
    const ful_bid *x = a, *y = b;
    if (x->cost != y->cost)
        return (x->cost > y->cost) - (x->cost < y->cost);
    if (x->probability != y->probability)
        return (x->probability < y->probability) - (x->probability > y->probability);
    if (x->offer.terms != y->offer.terms)
        return (int)x->offer.terms - (int)y->offer.terms;
    return (x->offer.levers > y->offer.levers) - (x->offer.levers < y->offer.levers);
}

static void choose(ful_answer *out)
{
    qsort(out->bid, (size_t)out->bids, sizeof *out->bid, cheaper);
    out->cheapest = out->runner_up = -1;
    for (int k = out->bids - 1; k >= 0; k--)
        if (out->bid[k].probability >= out->asked.probability) {
            out->runner_up = out->cheapest;
            out->cheapest = k;
        }
}

/* The payment that is enough in a share of the draws. */
static double enough_in(double share, double *transfer, const unsigned char *solved, int draws)
{
    int held = 0;
    for (int k = 0; k < draws; k++)
        if (!solved || solved[k])
            transfer[held++] = isnan(transfer[k]) ? INFINITY : transfer[k];
    if (held == 0)
        return NAN;
    qsort(transfer, (size_t)held, sizeof *transfer, ful__ascending);
    const int needed = (int)ceil(share * held - 1e-9);
    const double found = transfer[(needed < 1 ? 1 : needed) - 1];
    return isfinite(found) ? found : NAN;
}

static ful_status fill(ful_answer *out, const ful_payoffs *payoffs, ful_arena *scratch,
                       const ful_run *run, ful_error *err)
{
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_situation *s = ful_world_situation(view.world);
    const int draws = out->asked.draws ? out->asked.draws : 1;
    ful__draws all = {0};
    study d = {.asked = &out->asked};
    out->bids = d.bids = ful__offers(s);
    out->bid = list_bids(d.bids, s, out->arena);
    d.bid = out->bid;
    d.aim = ful_arena_take(scratch, (size_t)draws * (size_t)d.bids, sizeof *d.aim);
    d.cost = ful_arena_take(scratch, (size_t)draws * (size_t)d.bids, sizeof *d.cost);
    d.transfer = ful_arena_take(scratch, (size_t)draws, sizeof *d.transfer);
    if (!out->bid || !d.aim || !d.cost || !d.transfer)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws of %d packages", draws,
                        d.bids);
    const ful_status status = out->asked.draws ? ful__draws_run(&all, s, out->asked.seed, draws,
                                                                play_draw, &d, scratch, run, err)
                                               : play_bids(&d, 0, payoffs, run, err);
    if (status != FUL_OK)
        return status;
    out->refused = all.refused;
    out->draws = out->asked.draws - all.refused;
    reduce_bids(out, &d, all.solved, draws);
    choose(out);
    const double share = out->asked.aim == FUL_AIM_ENFORCE ? out->asked.probability : .5;
    out->transfer_pct = enough_in(share, d.transfer, all.solved, draws);
    out->transfer_busd =
        out->transfer_pct / 100 * ful__value_added(view.world, s->game.player[FUL_E].actor) / 1000;
    return FUL_OK;
}

ful_status ful_study_requirement(ful_answer *out, const ful_payoffs *payoffs,
                                 const ful_requirement *asked, const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    if (!(asked->probability > 0 && asked->probability <= 1) || asked->draws < 0 ||
        !(asked->level > 0 && asked->level <= 1))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "a requirement's probability and level lie above 0 and up to 1, its draws "
                        "are 0 or more");
    out->asked = *asked;
    ful_arena *scratch;
    ful_status status = ful_arena_new(&scratch, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    status = ful_arena_new(&out->arena, run ? run->allocator : NULL, err);
    if (status == FUL_OK)
        status = fill(out, payoffs, scratch, run, err);
    ful_arena_free(scratch);
    if (status != FUL_OK)
        ful_answer_clear(out);
    return status;
}

void ful_answer_clear(ful_answer *answer)
{
    ful_arena_free(answer->arena);
    memset(answer, 0, sizeof *answer);
}
