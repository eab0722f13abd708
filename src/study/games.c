/* SPDX-License-Identifier: MIT */
#include "study/games.h"

#include <math.h>

#include "study/first_error.h"

/* Side payments above this, per cent of the enforcer's GDP a year, are not looked for. */
#define MOST_TRANSFER 1.0
#define TRANSFER_ROUNDS 24 /* of bisection: to a ten-millionth of that */

typedef struct games {
    const ful_payoffs *payoffs;
    ful__game *game;
    ful_error *errors;
    const ful_allocator *allocator;
} games;

static ful_status play(void *user, int index, int thread)
{
    const games *all = user;
    ful__game *g = &all->game[index];
    (void)thread;
    return ful_payoffs_play(&g->report, all->payoffs, &g->offer, g->p, g->lambda_scale,
                            all->allocator, &all->errors[index]);
}

ful_status ful__games_play(ful__game *game, int count, const ful_payoffs *payoffs, const char *what,
                           const ful_run *run, ful_error *err)
{
    ful_arena *arena;
    games all = {.payoffs = payoffs, .game = game, .allocator = run ? run->allocator : NULL};
    ful_status status = ful_arena_new(&arena, all.allocator, err);
    if (status != FUL_OK)
        return status;
    all.errors = ful_arena_take(arena, (size_t)count + 1, sizeof *all.errors);
    if (all.errors)
        status = ful__first_error(ful_parallel_for(count, run, what, play, &all), all.errors, count,
                                  err);
    else
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d games", count);
    ful_arena_free(arena);
    return status;
}

double ful__games_aim(const ful_bargain_report *report, ful_aim aim)
{
    return aim == FUL_AIM_ENFORCE ? report->enforcer[0].enforces : ful_bargain_success(report);
}

typedef struct search {
    const ful_payoffs *payoffs;
    const ful_allocator *allocator;
    ful_offer offer;
    ful_aim aim;
    double level;
} search;

static ful_status is_enough(int *enough, search *x, double transfer, ful_error *err)
{
    ful_bargain_report report;
    x->offer.transfer = transfer;
    const ful_status status =
        ful_payoffs_play(&report, x->payoffs, &x->offer, NULL, 1, x->allocator, err);
    if (status == FUL_OK)
        *enough = ful__games_aim(&report, x->aim) >= x->level;
    return status;
}

ful_status ful__games_transfer(double *out, const ful_payoffs *payoffs, const ful_offer *offer,
                               ful_aim aim, double level, const ful_allocator *allocator,
                               ful_error *err)
{
    search x = {payoffs, allocator, *offer, aim, level};
    double low = 0, high = MOST_TRANSFER;
    int enough = 0;
    *out = 0;
    ful_status status = is_enough(&enough, &x, 0, err);
    if (status != FUL_OK || enough)
        return status;
    *out = NAN;
    status = is_enough(&enough, &x, MOST_TRANSFER, err);
    if (status != FUL_OK || !enough)
        return status;
    for (int round = 0; status == FUL_OK && round < TRANSFER_ROUNDS; round++) {
        const double middle = (low + high) / 2;
        status = is_enough(&enough, &x, middle, err);
        *(enough ? &high : &low) = middle;
    }
    *out = high;
    return status;
}
