/* SPDX-License-Identifier: MIT */
/*
 * How sure? Draws of every parameter; in each the enforcer's leverage, the game's table on the
 * sparse grid, the corners and every lever alone. A draw's results stand in its own slot and are
 * reduced in the order of the draws, so that the bits do not depend on the threads.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "study/draws.h"
#include "study/games.h"
#include "study/statistics.h"

#define OUTCOMES 4
#define DRIVERS 5

typedef struct draw_result {
    double grand, alone, without;
    ful_bargain_report corner[FUL_CORNERS];
    double lever_enforcement[FUL_MAX_LEVERS], lever_accommodation[FUL_MAX_LEVERS];
} draw_result;

typedef struct study {
    const ful_situation *s;
    unsigned package;
    int levers, lever[FUL_MAX_LEVERS]; /* that can be offered */
    ful__draws draws;
    draw_result *result; /* one per draw */
} study;

/* ---- one draw ---- */

static ful_status find_leverage(draw_result *out, const study *d, const ful_world *world,
                                const ful_run *inner, ful_error *err)
{
    ful_world_work *work = NULL;
    ful_status status = ful_world_work_new(&work, world, inner->allocator, err);
    if (status == FUL_OK)
        status = ful_study_leverage_of(&out->grand, &out->alone, &out->without, world, work,
                                       d->s->headline, d->s->enforcer, err);
    ful_world_work_free(work);
    return status;
}

static ful_status play_draw(void *user, int draw, const ful_world *world,
                            const ful_payoffs *payoffs, ful__board *board, const ful_run *inner,
                            ful_error *err)
{
    const study *d = user;
    draw_result *out = &d->result[draw];
    ful_status status = find_leverage(out, d, world, inner, err);
    for (int c = 0; status == FUL_OK && c < FUL_CORNERS; c++) {
        const ful_offer offer = ful_corner_offer(c, d->package);
        status = ful__board_offer(&out->corner[c], board, payoffs, &offer, NULL, 1, err);
    }
    const ful_bargain_report *none = &out->corner[FUL_CORNER_PRESSURE];
    for (int k = 0; status == FUL_OK && k < d->levers; k++) {
        ful_bargain_report one;
        const ful_offer offer = {.pressure = 1, .levers = 1u << d->lever[k]};
        status = ful__board_offer(&one, board, payoffs, &offer, NULL, 1, err);
        if (status != FUL_OK)
            break;
        out->lever_enforcement[k] = one.enforcer[0].mean - none->enforcer[0].mean;
        out->lever_accommodation[k] = ful_bargain_success(&one) - ful_bargain_success(none);
    }
    return status;
}

/* ---- reduction ---- */

/* Collect one number of every solved draw; `offset` is where it stands in a draw_result. */
static int collect(double *x, const study *d, int count, size_t offset)
{
    int held = 0;
    for (int k = 0; k < count; k++)
        if (d->draws.solved[k])
            memcpy(&x[held++], (const char *)&d->result[k] + offset, sizeof *x);
    return held;
}

#define RANGE(out, field)                                                                          \
    ful_range_of(&(out), x, collect(x, d, count, offsetof(draw_result, field)))

static void reduce_corners(ful_uncertainty *u, const study *d, double *x, int count)
{
    static const size_t outcome[OUTCOMES] = {
        offsetof(ful_bargain_report, denuclearised), offsetof(ful_bargain_report, frozen),
        offsetof(ful_bargain_report, unchanged), offsetof(ful_bargain_report, collapsed)};
    for (int c = 0; c < FUL_CORNERS; c++) {
        const size_t corner =
            offsetof(draw_result, corner) + (size_t)c * sizeof(ful_bargain_report);
        for (int o = 0; o < OUTCOMES; o++)
            ful_range_of(&u->outcome[c][o], x, collect(x, d, count, corner + outcome[o]));
        ful_range_of(&u->enforcement[c], x,
                     collect(x, d, count,
                             corner + offsetof(ful_bargain_report, enforcer) +
                                 offsetof(ful_enforcer_report, mean)));
        const int held = collect(x, d, count,
                                 corner + offsetof(ful_bargain_report, enforcer) +
                                     offsetof(ful_enforcer_report, enforces));
        for (int k = 0; k < held; k++)
            u->enforces[c] += (x[k] >= 0.5) / (double)held;
    }
    RANGE(u->restart, corner[FUL_CORNER_BOTH].restart.probability);
    RANGE(u->honour, corner[FUL_CORNER_BOTH].honour.probability);
    RANGE(u->snap_back, corner[FUL_CORNER_BOTH].snap_back.probability);
}

static void reduce_levers(ful_uncertainty *u, const study *d, double *x, int count)
{
    for (int l = 0; l < u->levers; l++) {
        const size_t at = (size_t)l * sizeof(double);
        const int held = collect(x, d, count, offsetof(draw_result, lever_enforcement) + at);
        for (int k = 0; k < held; k++)
            u->lever_positive[l] += (x[k] > 0) / (double)held;
        ful_range_of(&u->lever_enforcement[l], x, held);
        ful_range_of(&u->lever_accommodation[l], x,
                     collect(x, d, count, offsetof(draw_result, lever_accommodation) + at));
    }
}

static double package_effect(const draw_result *r)
{
    return ful_bargain_success(&r->corner[FUL_CORNER_BOTH]) -
           ful_bargain_success(&r->corner[FUL_CORNER_PRESSURE]);
}

/* The parameters whose ranks go most with the ranks of the package's effect (Spearman). */
static ful_status find_drivers(ful_uncertainty *u, const study *d, int count, ful_arena *arena,
                               ful_error *err)
{
    double *effect = ful_arena_take(arena, (size_t)count, sizeof *effect);
    double *x = ful_arena_take(arena, (size_t)count, sizeof *x);
    double *ranks = ful_arena_take(arena, (size_t)count, sizeof *ranks);
    if (!effect || !x || !ranks)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for drivers");
    int held = 0;
    for (int k = 0; k < count; k++)
        if (d->draws.solved[k])
            x[held++] = package_effect(&d->result[k]);
    ful__ranks(effect, x, held);
    for (int n = 0; n < DRIVERS; n++)
        u->driver[n] = FUL_NO_PARAM;
    for (int q = 0; q < d->s->parameters; q++) {
        if (d->s->parameter[q].distribution == FUL_FIXED)
            continue;
        held = 0;
        for (int k = 0; k < count; k++)
            if (d->draws.solved[k])
                x[held++] = d->draws.p[(size_t)k * (size_t)d->s->parameters + (size_t)q];
        ful__ranks(ranks, x, held);
        const double c = ful__correlation(ranks, effect, held);
        for (int n = 0; n < DRIVERS; n++)
            if (u->driver[n] == FUL_NO_PARAM || fabs(c) > fabs(u->driver_correlation[n])) {
                for (int m = DRIVERS - 1; m > n; m--) {
                    u->driver[m] = u->driver[m - 1];
                    u->driver_correlation[m] = u->driver_correlation[m - 1];
                }
                u->driver[n] = q;
                u->driver_correlation[n] = c;
                break;
            }
    }
    return FUL_OK;
}

static void count_effects(ful_uncertainty *u, const study *d, int count)
{
    const double share = 1.0 / (u->draws > 0 ? u->draws : 1);
    for (int k = 0; k < count; k++) {
        if (!d->draws.solved[k])
            continue;
        const ful_bargain_report *corner = d->result[k].corner;
        const ful_bargain_report *pressure = &corner[FUL_CORNER_PRESSURE];
        const double nothing = ful_bargain_success(&corner[FUL_CORNER_NOTHING]);
        if (corner[FUL_CORNER_BOTH].enforcer[0].mean > pressure->enforcer[0].mean)
            u->package_raises_enforcement += share;
        if (ful_bargain_success(pressure) - nothing > FUL_MOVED)
            u->pressure_raises_success += share;
        if (package_effect(&d->result[k]) > FUL_MOVED)
            u->package_raises_success += share;
    }
}

static ful_status reduce(ful_uncertainty *u, const study *d, int count, ful_arena *scratch,
                         ful_error *err)
{
    double *x = ful_arena_take(scratch, (size_t)count, sizeof *x);
    if (!x)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the ranges");
    u->refused = d->draws.refused;
    u->draws = count - u->refused;
    RANGE(u->grand, grand);
    RANGE(u->alone, alone);
    RANGE(u->without, without);
    reduce_corners(u, d, x, count);
    reduce_levers(u, d, x, count);
    count_effects(u, d, count);
    return find_drivers(u, d, count, scratch, err);
}

static ful_status measure_grid(ful_gap *gap, const ful_world *world, const ful_run *run,
                               ful_error *err)
{
    ful_payoffs *sparse;
    ful_status status = ful_payoffs_new(&sparse, world, FUL_GRID_SPARSE, run, err);
    if (status != FUL_OK)
        return status;
    status = ful_payoffs_gap(gap, sparse, run, err);
    ful_payoffs_free(sparse);
    return status;
}

ful_status ful_study_uncertainty(ful_uncertainty *out, const ful_situation *situation,
                                 const ful_world *world, int package, int draws, uint64_t seed,
                                 const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    if (draws < 1 || package < 0 || package >= situation->packages)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d draws of package %d: expected 1 or more, 0..%d",
                        draws, package, situation->packages - 1);
    ful_arena *scratch;
    ful_status status = ful_arena_new(&scratch, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    study d = {.s = situation, .package = situation->package[package].levers};
    out->seed = seed;
    out->levers = d.levers = ful_offered_levers(d.lever, situation);
    d.result = ful_arena_take(scratch, (size_t)draws, sizeof *d.result);
    if (!d.result)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws", draws);
    if (status == FUL_OK && world)
        status = measure_grid(&out->gap, world, run, err);
    if (status == FUL_OK)
        status = ful__draws_run(&d.draws, situation, seed, draws, play_draw, &d, scratch, run, err);
    if (status == FUL_OK)
        status = reduce(out, &d, draws, scratch, err);
    ful_arena_free(scratch);
    return status;
}
