/* SPDX-License-Identifier: MIT */
#include "study/games.h"

#include <math.h>

#include "study/first_error.h"

/* Side payments above this, per cent of the enforcer's GDP a year, are not looked for. */
#define MOST_TRANSFER 1.0
#define TRANSFER_ROUNDS 24 /* of bisection: to a ten-millionth of that */

/* ---- a board ---- */

/* A workspace that is too small for a game says so, and gives way to one that fits. */
ful_status ful__board_solve(ful_bargain_report *report, ful__board *board, const ful_bargain *game,
                            double lambda_scale, ful_error *err)
{
    if (board->work) {
        const ful_status status = ful_bargain_solve(report, game, board->work, lambda_scale, err);
        if (status != FUL_ERR_ARGUMENT)
            return status;
        ful__board_clear(board);
    }
    const ful_status status = ful_bargain_work_new(&board->work, game, board->allocator, err);
    return status == FUL_OK ? ful_bargain_solve(report, game, board->work, lambda_scale, err)
                            : status;
}

ful_status ful__board_play(ful_bargain_report *report, ful__board *board,
                           const ful_bargain_data *data, double lambda_scale, ful_error *err)
{
    ful_bargain *game;
    ful_status status = ful_bargain_new(&game, data, board->allocator, err);
    if (status != FUL_OK)
        return status;
    status = ful__board_solve(report, board, game, lambda_scale, err);
    ful_bargain_free(game);
    return status;
}

ful_status ful__board_offer(ful_bargain_report *report, ful__board *board,
                            const ful_payoffs *payoffs, const ful_offer *offer, const double *p,
                            double lambda_scale, ful_error *err)
{
    ful_bargain_data data;
    ful_bargain_room room;
    const ful_status status = ful_payoffs_data(&data, &room, payoffs, offer, p, err);
    return status == FUL_OK ? ful__board_play(report, board, &data, lambda_scale, err) : status;
}

void ful__board_clear(ful__board *board)
{
    ful_bargain_work_free(board->work);
    board->work = NULL;
}

/* ---- the offers of a case ---- */

int ful__offers(const ful_situation *s)
{
    int lever[FUL_MAX_LEVERS];
    return FUL_TERMS << ful_offered_levers(lever, s);
}

ful_offer ful__offer(const ful_situation *s, int number)
{
    int lever[FUL_MAX_LEVERS];
    const int levers = ful_offered_levers(lever, s);
    ful_offer offer = {.pressure = 1, .terms = (ful_terms)(number >> levers)};
    for (int k = 0; k < levers; k++)
        if (number >> k & 1)
            offer.levers |= 1u << lever[k];
    return offer;
}

/* ---- many games ---- */

typedef struct games {
    const ful_payoffs *payoffs;
    ful__game *game;
    ful__board *board; /* one per thread */
    ful_error *errors;
} games;

static ful_status play(void *user, int index, int thread)
{
    const games *all = user;
    ful__game *g = &all->game[index];
    return ful__board_offer(&g->report, &all->board[thread], all->payoffs, &g->offer, g->p,
                            g->lambda_scale, &all->errors[index]);
}

ful_status ful__games_play(ful__game *game, int count, const ful_payoffs *payoffs, const char *what,
                           const ful_run *run, ful_error *err)
{
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const int threads = ful_threads(run);
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    games all = {.payoffs = payoffs, .game = game};
    all.errors = ful_arena_take(arena, (size_t)count + 1, sizeof *all.errors);
    all.board = ful_arena_take(arena, (size_t)threads, sizeof *all.board);
    if (all.errors && all.board) {
        for (int k = 0; k < threads; k++)
            all.board[k].allocator = allocator;
        status = ful__first_error(ful_parallel_for(count, run, what, play, &all), all.errors, count,
                                  err);
        for (int k = 0; k < threads; k++)
            ful__board_clear(&all.board[k]);
    } else {
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d games", count);
    }
    ful_arena_free(arena);
    return status;
}

/* ---- aims and side payments ---- */

double ful__games_aim(const ful_bargain_report *report, ful_aim aim)
{
    return aim == FUL_AIM_ENFORCE ? report->enforcer[0].enforces : ful_bargain_freeze(report);
}

typedef struct search {
    const ful_payoffs *payoffs;
    ful__board board;
    ful_offer offer;
    ful_aim aim;
    double level;
} search;

static ful_status is_enough(int *enough, search *x, double transfer, ful_error *err)
{
    ful_bargain_report report;
    x->offer.transfer = transfer;
    const ful_status status =
        ful__board_offer(&report, &x->board, x->payoffs, &x->offer, NULL, 1, err);
    if (status == FUL_OK)
        *enough = ful__games_aim(&report, x->aim) >= x->level;
    return status;
}

static ful_status bisect(double *out, search *x, ful_error *err)
{
    double low = 0, high = MOST_TRANSFER;
    int enough = 0;
    *out = 0;
    ful_status status = is_enough(&enough, x, 0, err);
    if (status != FUL_OK || enough)
        return status;
    *out = NAN;
    status = is_enough(&enough, x, MOST_TRANSFER, err);
    if (status != FUL_OK || !enough)
        return status;
    for (int round = 0; status == FUL_OK && round < TRANSFER_ROUNDS; round++) {
        const double middle = (low + high) / 2;
        status = is_enough(&enough, x, middle, err);
        *(enough ? &high : &low) = middle;
    }
    *out = high;
    return status;
}

ful_status ful__games_transfer(double *out, const ful_payoffs *payoffs, const ful_offer *offer,
                               ful_aim aim, double level, const ful_allocator *allocator,
                               ful_error *err)
{
    search x = {payoffs, {.allocator = allocator}, *offer, aim, level};
    const ful_status status = bisect(out, &x, err);
    ful__board_clear(&x.board);
    return status;
}
