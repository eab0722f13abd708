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
/* Of naming any driver of any effect where there is none. */
#define CHANCE .01

/* ---- draws ---- */

typedef struct drawing {
    const ful_situation *s;
    unsigned package;
    int levers, lever[FUL_MAX_LEVERS]; /* that can be offered */
    ful_draw *out;
} drawing;

static ful_status find_leverage(ful_draw *out, const drawing *d, const ful_world *world,
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

static void read_corner(ful_draw *out, int c, const ful_bargain_report *r)
{
    const double outcome[OUTCOMES] = {r->denuclearised, r->frozen, r->unchanged, r->collapsed};
    memcpy(out->outcome[c], outcome, sizeof outcome);
    out->enforcement[c] = r->enforcer[0].mean;
    out->enforces[c] = r->enforcer[0].enforces;
    if (c != FUL_CORNER_BOTH)
        return;
    out->restart = r->restart.probability;
    out->honour = r->honour.probability;
    out->snap_back = r->snap_back.probability;
}

static double freeze(const ful_draw *x, int corner)
{
    return x->outcome[corner][0] + x->outcome[corner][1];
}

static ful_status play_draw(void *user, int draw, const ful_world *world,
                            const ful_payoffs *payoffs, ful__board *board, const ful_run *inner,
                            ful_error *err)
{
    const drawing *d = user;
    ful_draw *out = &d->out[draw];
    ful_bargain_report one;
    ful_status status = find_leverage(out, d, world, inner, err);
    for (int c = 0; status == FUL_OK && c < FUL_CORNERS; c++) {
        const ful_offer offer = ful_corner_offer(c, d->package);
        status = ful__board_offer(&one, board, payoffs, &offer, NULL, 1, err);
        if (status == FUL_OK)
            read_corner(out, c, &one);
    }
    for (int k = 0; status == FUL_OK && k < d->levers; k++) {
        const ful_offer offer = {.pressure = 1, .levers = 1u << d->lever[k]};
        status = ful__board_offer(&one, board, payoffs, &offer, NULL, 1, err);
        if (status != FUL_OK)
            break;
        out->lever_enforcement[k] = one.enforcer[0].mean - out->enforcement[FUL_CORNER_PRESSURE];
        out->lever_accommodation[k] = ful_bargain_freeze(&one) - freeze(out, FUL_CORNER_PRESSURE);
    }
    out->solved = status == FUL_OK;
    return status;
}

ful_status ful_study_draws(ful_draw *out, const ful_situation *situation, int package, int draws,
                           uint64_t seed, const ful_run *run, ful_error *err)
{
    if (draws < 1 || package < 0 || package >= situation->packages)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d draws of package %d: expected 1 or more, 0..%d",
                        draws, package, situation->packages - 1);
    ful_arena *scratch;
    ful_status status = ful_arena_new(&scratch, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    drawing d = {.s = situation, .package = situation->package[package].levers, .out = out};
    ful__draws all;
    memset(out, 0, (size_t)draws * sizeof *out);
    d.levers = ful_offered_levers(d.lever, situation);
    status = ful__draws_run(&all, situation, seed, draws, play_draw, &d, scratch, run, err);
    for (int k = 0; k < draws; k++)
        if (!out[k].solved)
            out[k] = (ful_draw){0};
    ful_arena_free(scratch);
    return status;
}

/* ---- reduction ---- */

typedef struct study {
    const ful_situation *s;
    const ful_draw *draw;
    int count;
    uint64_t seed;
} study;

/* Collect one number of every solved draw; `offset` is where it stands in a ful_draw. */
static int collect(double *x, const study *d, size_t offset)
{
    int held = 0;
    for (int k = 0; k < d->count; k++)
        if (d->draw[k].solved != 0)
            memcpy(&x[held++], (const char *)&d->draw[k] + offset, sizeof *x);
    return held;
}

#define RANGE(out, field) ful_range_of(&(out), x, collect(x, d, offsetof(ful_draw, field)))

/* The same of a choice that the game of a draw may not have. */
static int collect_choice(double *x, const study *d, size_t offset)
{
    const int all = collect(x, d, offset);
    int held = 0;
    for (int k = 0; k < all; k++)
        if (!isnan(x[k]))
            x[held++] = x[k];
    return held;
}

#define RANGE_OF_CHOICE(out, field)                                                                \
    ful_range_of(&(out), x, collect_choice(x, d, offsetof(ful_draw, field)))

static void reduce_corners(ful_uncertainty *u, const study *d, double *x)
{
    for (int c = 0; c < FUL_CORNERS; c++) {
        const size_t corner = (size_t)c * sizeof(double);
        for (int o = 0; o < OUTCOMES; o++)
            ful_range_of(&u->outcome[c][o], x,
                         collect(x, d,
                                 offsetof(ful_draw, outcome) + OUTCOMES * corner +
                                     (size_t)o * sizeof(double)));
        ful_range_of(&u->enforcement[c], x,
                     collect(x, d, offsetof(ful_draw, enforcement) + corner));
        const int held = collect(x, d, offsetof(ful_draw, enforces) + corner);
        for (int k = 0; k < held; k++)
            u->enforces[c] += (x[k] >= 0.5) / (double)held;
    }
    RANGE_OF_CHOICE(u->restart, restart);
    RANGE_OF_CHOICE(u->honour, honour);
    RANGE_OF_CHOICE(u->snap_back, snap_back);
}

static void reduce_levers(ful_uncertainty *u, const study *d, double *x)
{
    for (int l = 0; l < u->levers; l++) {
        const size_t at = (size_t)l * sizeof(double);
        const int held = collect(x, d, offsetof(ful_draw, lever_enforcement) + at);
        for (int k = 0; k < held; k++)
            u->lever_positive[l] += (x[k] > 0) / (double)held;
        ful_range_of(&u->lever_enforcement[l], x, held);
        ful_range_of(&u->lever_accommodation[l], x,
                     collect(x, d, offsetof(ful_draw, lever_accommodation) + at));
    }
}

static double effect_in(const ful_draw *x, ful_effect effect)
{
    switch (effect) {
    case FUL_PRESSURE_ON_FREEZE:
        return freeze(x, FUL_CORNER_PRESSURE) - freeze(x, FUL_CORNER_NOTHING);
    case FUL_PACKAGE_ON_FREEZE:
        return freeze(x, FUL_CORNER_BOTH) - freeze(x, FUL_CORNER_PRESSURE);
    default:
        return x->enforcement[FUL_CORNER_BOTH] - x->enforcement[FUL_CORNER_PRESSURE];
    }
}

/* One parameter in every solved draw. */
static int collect_parameter(double *x, const study *d, double *p, ful_param q)
{
    int held = 0;
    for (int k = 0; k < d->count; k++)
        if (d->draw[k].solved != 0)
            x[held++] = p[(size_t)k * (size_t)d->s->parameters + (size_t)q];
    return held;
}

static void insert_driver(ful_drivers *drivers, ful_param q, double correlation)
{
    int n = drivers->count;
    while (n > 0 && fabs(correlation) > fabs(drivers->correlation[n - 1]))
        n--;
    if (n == FUL_MAX_DRIVERS)
        return;
    drivers->count += drivers->count < FUL_MAX_DRIVERS;
    for (int m = drivers->count - 1; m > n; m--) {
        drivers->parameter[m] = drivers->parameter[m - 1];
        drivers->correlation[m] = drivers->correlation[m - 1];
    }
    drivers->parameter[n] = q;
    drivers->correlation[n] = correlation;
}

/* Whether any of `tried` rank correlations over `count` draws would be as large by chance in at
 * most CHANCE of samples; a single one has variance 1 / (count - 1) and is all but normal. */
static int tells(double correlation, int count, int tried)
{
    return count > 1 && tried * erfc(fabs(correlation) * sqrt((count - 1) / 2.0)) <= CHANCE;
}

static ful_status find_drivers(ful_uncertainty *u, const study *d, ful_arena *arena, ful_error *err)
{
    const size_t count = (size_t)d->count, parameters = (size_t)d->s->parameters;
    double *effect = ful_arena_take(arena, FUL_EFFECTS * count, sizeof *effect);
    double *x = ful_arena_take(arena, count, sizeof *x);
    double *ranks = ful_arena_take(arena, count, sizeof *ranks);
    double *p = ful_arena_take(arena, count * parameters, sizeof *p);
    if (!effect || !x || !ranks || !p)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for drivers");
    int drawn = 0;
    for (int k = 0; k < d->count; k++)
        ful_situation_draw(p + (size_t)k * parameters, d->s, d->seed, k);
    for (int q = 0; q < d->s->parameters; q++)
        drawn += d->s->parameter[q].distribution != FUL_FIXED;
    for (int e = 0; e < FUL_EFFECTS; e++) {
        int held = 0;
        for (int k = 0; k < d->count; k++)
            if (d->draw[k].solved != 0)
                x[held++] = effect_in(&d->draw[k], (ful_effect)e);
        ful__ranks(effect + (size_t)e * count, x, held);
    }
    for (int q = 0; q < d->s->parameters; q++) {
        if (d->s->parameter[q].distribution == FUL_FIXED)
            continue;
        const int held = collect_parameter(x, d, p, q);
        ful__ranks(ranks, x, held);
        for (int e = 0; e < FUL_EFFECTS; e++) {
            const double c = ful__correlation(ranks, effect + (size_t)e * count, held);
            if (tells(c, held, drawn * FUL_EFFECTS))
                insert_driver(&u->drivers[e], q, c);
        }
    }
    return FUL_OK;
}

static void count_effects(ful_uncertainty *u, const study *d)
{
    const double share = 1.0 / (u->draws > 0 ? u->draws : 1);
    for (int k = 0; k < d->count; k++) {
        const ful_draw *x = &d->draw[k];
        if (x->solved == 0)
            continue;
        if (effect_in(x, FUL_PACKAGE_ON_ENFORCEMENT) > FUL_MOVED)
            u->package_raises_enforcement += share;
        if (effect_in(x, FUL_PRESSURE_ON_FREEZE) > FUL_MOVED)
            u->pressure_raises_freeze += share;
        if (effect_in(x, FUL_PACKAGE_ON_FREEZE) > FUL_MOVED)
            u->package_raises_freeze += share;
    }
}

static ful_status reduce(ful_uncertainty *u, const study *d, ful_arena *scratch, ful_error *err)
{
    double *x = ful_arena_take(scratch, (size_t)d->count, sizeof *x);
    if (!x)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the ranges");
    for (int k = 0; k < d->count; k++)
        u->refused += d->draw[k].solved == 0;
    u->draws = d->count - u->refused;
    RANGE(u->grand, grand);
    RANGE(u->alone, alone);
    RANGE(u->without, without);
    reduce_corners(u, d, x);
    reduce_levers(u, d, x);
    count_effects(u, d);
    return find_drivers(u, d, scratch, err);
}

static ful_status measure_grid(ful_gap *gap, const ful_world *world, const ful_run *run,
                               ful_error *err)
{
    ful_payoffs *sparse;
    ful_status status = ful_payoffs_new(&sparse, world, FUL_GRID_SPARSE, 0, run, err);
    if (status != FUL_OK)
        return status;
    status = ful_payoffs_gap(gap, sparse, run, err);
    ful_payoffs_free(sparse);
    return status;
}

ful_status ful_study_uncertainty(ful_uncertainty *out, const ful_situation *situation,
                                 const ful_world *world, const ful_draw *draw, int draws,
                                 uint64_t seed, const ful_run *run, ful_error *err)
{
    const study d = {.s = situation, .draw = draw, .count = draws, .seed = seed};
    int lever[FUL_MAX_LEVERS];
    memset(out, 0, sizeof *out);
    if (draws < 1)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d draws: expected 1 or more", draws);
    ful_arena *scratch;
    ful_status status = ful_arena_new(&scratch, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    out->seed = seed;
    out->levers = ful_offered_levers(lever, situation);
    if (world)
        status = measure_grid(&out->gap, world, run, err);
    if (status == FUL_OK)
        status = reduce(out, &d, scratch, err);
    ful_arena_free(scratch);
    return status;
}
