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

/* Whether a side payment is enough. */
static ful_status reaches(int *enough, const ful_payoffs *payoffs, ful_offer offer, double transfer,
                          double level, const ful_allocator *allocator, ful_error *err)
{
    ful_bargain_report report;
    offer.transfer = transfer;
    const ful_status status = ful_payoffs_play(&report, payoffs, &offer, NULL, 1, allocator, err);
    if (status == FUL_OK)
        *enough = report.enforcer[0].enforces >= level;
    return status;
}

ful_status ful__games_transfer(double *out, const ful_payoffs *payoffs, const ful_offer *offer,
                               double level, const ful_allocator *allocator, ful_error *err)
{
    double low = 0, high = MOST_TRANSFER;
    int enough = 0;
    *out = 0;
    ful_status status = reaches(&enough, payoffs, *offer, 0, level, allocator, err);
    if (status != FUL_OK || enough)
        return status;
    *out = NAN;
    status = reaches(&enough, payoffs, *offer, MOST_TRANSFER, level, allocator, err);
    if (status != FUL_OK || !enough)
        return status;
    for (int round = 0; status == FUL_OK && round < TRANSFER_ROUNDS; round++) {
        const double middle = (low + high) / 2;
        status = reaches(&enough, payoffs, *offer, middle, level, allocator, err);
        *(enough ? &high : &low) = middle;
    }
    *out = high;
    return status;
}
