/* SPDX-License-Identifier: MIT */
/* What one package costs, and all of them, once the table of incomes stands. */
#include "cli/bench.h"

typedef struct job {
    const cli_case *c;
    ful_payoffs *payoffs;
    ful_offer offer;
    ful_bargain_work *work; /* kept from round to round, as the studies do */
    int round;
    ful_packages packages;
} job;

/* The case's corner package under pressure: the game made and solved, at a precision that the round
 * before did not have, so that nothing of it is taken up. */
static ful_status play(void *user, ful_error *err)
{
    job *j = user;
    ful_bargain *game;
    ful_bargain_report report;
    ful_status status = ful_payoffs_game(&game, j->payoffs, &j->offer, NULL, err);
    if (status != FUL_OK)
        return status;
    if (!j->work)
        status = ful_bargain_work_new(&j->work, game, NULL, err);
    if (status == FUL_OK)
        status = ful_bargain_solve(&report, game, j->work, j->round++ % 2 ? 1 : 1 + 1e-9, err);
    ful_bargain_free(game);
    return status;
}

static ful_status play_all(void *user, ful_error *err)
{
    job *j = user;
    const ful_run run = {.threads = 1, .stop = cli_stop()};
    ful_packages_clear(&j->packages);
    return ful_study_packages(&j->packages, j->payoffs, &run, err);
}

static ful_status time_games(bench_row *row, const bench_setup *setup, bench_step step,
                             ful_error *err)
{
    const ful_situation *s = setup->c->s;
    const ful_run run = {.threads = setup->threads, .stop = cli_stop()};
    job j = {.c = setup->c,
             .offer = ful_corner_offer(FUL_CORNER_BOTH, s->package[s->game.corner_package].levers)};
    ful_payoffs_view view;
    ful_status status =
        ful_payoffs_new(&j.payoffs, setup->c->world, FUL_GRID_MIXED, ful_held_parts(s), &run, err);
    if (status == FUL_OK)
        status = step(&j, err); /* once, to touch what the rounds keep */
    if (status == FUL_OK)
        status = bench_rounds(&row->seconds, NULL, step, &j, err);
    if (status == FUL_OK) {
        ful_payoffs_view_get(&view, j.payoffs);
        row->countries = s->actors;
        row->sectors = row->products = s->sectors;
        row->threads = 1;
        row->solves = j.packages.rows ? j.packages.rows : 1;
        row->tolerance = FUL_CERTIFIED / BENCH_CERTIFIED;
        row->violation = view.max_violation;
    }
    ful_packages_clear(&j.packages);
    ful_bargain_work_free(j.work);
    ful_payoffs_free(j.payoffs);
    return status;
}

ful_status bench_game(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_games(row, setup, play, err);
}

ful_status bench_packages(bench_row *row, const bench_setup *setup, ful_error *err)
{
    return time_games(row, setup, play_all, err);
}
