/* SPDX-License-Identifier: MIT */
/*
 * How sure? Draws of every parameter; in each the enforcer's leverage, the game's table on the
 * sparse grid, the corners and every lever alone. A draw's results stand in its own slot and are
 * reduced in the order of the draws, so that the bits do not depend on the threads.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/first_error.h"

#define OUTCOMES 4
#define DRIVERS 5
/* A package that adds less than one in a hundred to P(frozen or denuclearised) has not moved T. */
#define MOVED 0.01

typedef struct draw_result {
    int solved;
    double grand, alone, without;
    ful_bargain_report corner[FUL_CORNERS];
    double lever_enforcement[FUL_MAX_LEVERS], lever_accommodation[FUL_MAX_LEVERS];
} draw_result;

typedef struct draws {
    const ful_situation *s;
    int package;
    uint64_t seed;
    const ful_run *run;
    double *p; /* draws x parameters */
    draw_result *result;
    ful_error *errors; /* one per draw */
} draws;

/* ---- quantiles
 * ------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, int count, double q)
{
    const double at = q * (count - 1);
    const int below = (int)at;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

void ful_range_of(ful_range *out, double *x, int count)
{
    if (count < 1) {
        *out = (ful_range){NAN, NAN, NAN, NAN, NAN};
        return;
    }
    qsort(x, (size_t)count, sizeof *x, ascending);
    *out = (ful_range){quantile(x, count, 0.05), quantile(x, count, 0.25), quantile(x, count, 0.5),
                       quantile(x, count, 0.75), quantile(x, count, 0.95)};
}

/* ---- one draw
 * ---------------------------------------------------------------------------------------- */

static double success(const ful_bargain_report *r)
{
    return r->denuclearised + r->frozen;
}

static ful_status play_draw(draw_result *out, const draws *d, const ful_payoffs *payoffs,
                            const ful_allocator *allocator, ful_error *err)
{
    const unsigned package = d->s->package[d->package].levers;
    for (int c = 0; c < FUL_CORNERS; c++) {
        const ful_offer offer = {.pressure = c == FUL_CORNER_PRESSURE || c == FUL_CORNER_BOTH,
                                 .levers = c >= FUL_CORNER_INDUCEMENTS ? package : 0};
        const ful_status status =
            ful_payoffs_play(&out->corner[c], payoffs, &offer, 1, allocator, err);
        if (status != FUL_OK)
            return status;
    }
    const ful_bargain_report *none = &out->corner[FUL_CORNER_PRESSURE];
    for (int l = 0; l < d->s->levers; l++) {
        ful_bargain_report one;
        const ful_offer offer = {.pressure = 1, .levers = 1u << l};
        const ful_status status = ful_payoffs_play(&one, payoffs, &offer, 1, allocator, err);
        if (status != FUL_OK)
            return status;
        out->lever_enforcement[l] = one.enforcement_mean - none->enforcement_mean;
        out->lever_accommodation[l] = success(&one) - success(none);
    }
    return FUL_OK;
}

static ful_status solve_draw(draw_result *out, const draws *d, const double *p, ful_error *err)
{
    const ful_allocator *allocator = d->run ? d->run->allocator : NULL;
    const ful_run inner = {
        .threads = 1, .stop = d->run ? d->run->stop : NULL, .allocator = allocator};
    ful_world *world = NULL;
    ful_world_work *work = NULL;
    ful_payoffs *payoffs = NULL;
    ful_status status = ful_world_new(&world, d->s, p, allocator, err);
    if (status == FUL_OK)
        status = ful_world_work_new(&work, world, allocator, err);
    if (status == FUL_OK)
        status = ful_study_leverage_of(&out->grand, &out->alone, &out->without, world, work,
                                       d->s->headline, d->s->enforcer, err);
    if (status == FUL_OK)
        status = ful_payoffs_new(&payoffs, world, FUL_GRID_SPARSE, &inner, err);
    if (status == FUL_OK)
        status = play_draw(out, d, payoffs, allocator, err);
    ful_payoffs_free(payoffs);
    ful_world_work_free(work);
    ful_world_free(world);
    return status;
}

/* A world without equilibrium, or one that did not converge, is a result: it is counted. Anything
 * else is a defect and stops the study. */
static int is_refusal(ful_status status)
{
    return status == FUL_ERR_INFEASIBLE || status == FUL_NOT_CONVERGED || status == FUL_ERR_DATA;
}

static ful_status run_draw(void *user, int index, int thread)
{
    draws *d = user;
    double *p = d->p + (size_t)index * (size_t)d->s->parameters;
    (void)thread;
    ful_situation_draw(p, d->s, d->seed, index);
    const ful_status status = solve_draw(&d->result[index], d, p, &d->errors[index]);
    d->result[index].solved = status == FUL_OK;
    return is_refusal(status) ? FUL_OK : status;
}

/* ---- reduction
 * ----------------------------------------------------------------------------------------- */

/* Collect one number of every solved draw; `offset` is where it stands in a draw_result. */
static int collect(double *x, const draws *d, int count, size_t offset)
{
    int held = 0;
    for (int k = 0; k < count; k++)
        if (d->result[k].solved)
            memcpy(&x[held++], (const char *)&d->result[k] + offset, sizeof *x);
    return held;
}

#define RANGE(out, field)                                                                          \
    ful_range_of(&(out), x, collect(x, d, count, offsetof(draw_result, field)))

static void reduce_corners(ful_uncertainty *u, const draws *d, double *x, int count)
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
                     collect(x, d, count, corner + offsetof(ful_bargain_report, enforcement_mean)));
        const int held = collect(x, d, count, corner + offsetof(ful_bargain_report, enforces));
        for (int k = 0; k < held; k++)
            u->enforces[c] += (x[k] >= 0.5) / (double)held;
    }
    RANGE(u->restart, corner[FUL_CORNER_BOTH].restart.probability);
    RANGE(u->honour, corner[FUL_CORNER_BOTH].honour.probability);
    RANGE(u->snap_back, corner[FUL_CORNER_BOTH].snap_back.probability);
}

static void reduce_levers(ful_uncertainty *u, const draws *d, double *x, int count)
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
    return success(&r->corner[FUL_CORNER_BOTH]) - success(&r->corner[FUL_CORNER_PRESSURE]);
}

/* Ranks from 0; ties get their mean. x is left alone. */
static void rank(double *out, const double *x, int count)
{
    for (int k = 0; k < count; k++) {
        int below = 0, equal = 0;
        for (int l = 0; l < count; l++) {
            below += x[l] < x[k];
            equal += x[l] == x[k];
        }
        out[k] = below + (equal - 1) / 2.0;
    }
}

static double correlation(const double *a, const double *b, int count)
{
    double ma = 0, mb = 0, saa = 0, sbb = 0, sab = 0;
    for (int k = 0; k < count; k++) {
        ma += a[k] / count;
        mb += b[k] / count;
    }
    for (int k = 0; k < count; k++) {
        saa += (a[k] - ma) * (a[k] - ma);
        sbb += (b[k] - mb) * (b[k] - mb);
        sab += (a[k] - ma) * (b[k] - mb);
    }
    return saa > 0 && sbb > 0 ? sab / sqrt(saa * sbb) : 0;
}

/* The parameters whose ranks go most with the ranks of the package's effect (Spearman). */
static ful_status find_drivers(ful_uncertainty *u, const draws *d, int count, ful_arena *arena,
                               ful_error *err)
{
    double *effect = ful_arena_take(arena, (size_t)count, sizeof *effect);
    double *x = ful_arena_take(arena, (size_t)count, sizeof *x);
    double *ranks = ful_arena_take(arena, (size_t)count, sizeof *ranks);
    if (!effect || !x || !ranks)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for drivers");
    int held = 0;
    for (int k = 0; k < count; k++)
        if (d->result[k].solved)
            x[held++] = package_effect(&d->result[k]);
    rank(effect, x, held);
    for (int n = 0; n < DRIVERS; n++)
        u->driver[n] = FUL_NO_PARAM;
    for (int q = 0; q < d->s->parameters; q++) {
        if (d->s->parameter[q].distribution == FUL_FIXED)
            continue;
        held = 0;
        for (int k = 0; k < count; k++)
            if (d->result[k].solved)
                x[held++] = d->p[(size_t)k * (size_t)d->s->parameters + (size_t)q];
        rank(ranks, x, held);
        const double c = correlation(ranks, effect, held);
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

static ful_status reduce(ful_uncertainty *u, const draws *d, int count, ful_arena *arena,
                         ful_error *err)
{
    double *x = ful_arena_take(arena, (size_t)count, sizeof *x);
    if (!x)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the ranges");
    for (int k = 0; k < count; k++)
        u->draws += d->result[k].solved;
    u->refused = count - u->draws;
    RANGE(u->grand, grand);
    RANGE(u->alone, alone);
    RANGE(u->without, without);
    reduce_corners(u, d, x, count);
    reduce_levers(u, d, x, count);
    for (int k = 0; k < count; k++) {
        const draw_result *r = &d->result[k];
        if (!r->solved)
            continue;
        u->package_raises_enforcement += (r->corner[FUL_CORNER_BOTH].enforcement_mean >
                                          r->corner[FUL_CORNER_PRESSURE].enforcement_mean) /
                                         (double)u->draws;
        u->pressure_raises_success +=
            (success(&r->corner[FUL_CORNER_PRESSURE]) - success(&r->corner[FUL_CORNER_NOTHING]) >
             MOVED) /
            (double)u->draws;
        u->package_raises_success += (package_effect(r) > MOVED) / (double)u->draws;
    }
    return find_drivers(u, d, count, arena, err);
}

/* Largest difference of the sparse grid from the exact one, in points of the target's income. */
static ful_status measure_grid(ful_uncertainty *u, const ful_payoffs *exact, const ful_run *run,
                               ful_error *err)
{
    ful_payoffs *sparse;
    ful_payoffs_view a, b;
    u->interpolation_error = NAN;
    if (!exact)
        return FUL_OK;
    ful_payoffs_view_get(&a, exact);
    const ful_status status = ful_payoffs_new(&sparse, a.world, FUL_GRID_SPARSE, run, err);
    if (status != FUL_OK)
        return status;
    ful_payoffs_view_get(&b, sparse);
    u->interpolation_error = 0;
    for (int pressure = 0; pressure < 2; pressure++)
        for (int k = 0; k < a.entries; k++)
            u->interpolation_error = fmax(u->interpolation_error,
                                          fabs(a.income[pressure][k].T - b.income[pressure][k].T));
    ful_payoffs_free(sparse);
    return FUL_OK;
}

ful_status ful_study_uncertainty(ful_uncertainty *out, const ful_situation *situation,
                                 const ful_payoffs *exact, int corner_package, int draw_count,
                                 uint64_t seed, const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    if (draw_count < 1 || corner_package < 0 || corner_package >= situation->packages)
        return ful_fail(err, FUL_ERR_ARGUMENT, "%d draws of package %d: expected 1 or more, 0..%d",
                        draw_count, corner_package, situation->packages - 1);
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    const size_t count = (size_t)draw_count;
    draws d = {.s = situation, .package = corner_package, .seed = seed, .run = run};
    d.p = ful_arena_take(arena, count * (size_t)situation->parameters, sizeof *d.p);
    d.result = ful_arena_take(arena, count, sizeof *d.result);
    d.errors = ful_arena_take(arena, count, sizeof *d.errors);
    out->seed = seed;
    out->levers = situation->levers;
    out->parameters = situation->parameters;
    if (!d.p || !d.result || !d.errors)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for %d draws", draw_count);
    if (status == FUL_OK)
        status = measure_grid(out, exact, run, err);
    if (status == FUL_OK)
        status = ful__first_error(ful_parallel_for(draw_count, run, "draws", run_draw, &d),
                                  d.errors, draw_count, err);
    if (status == FUL_OK)
        status = reduce(out, &d, draw_count, arena, err);
    ful_arena_free(arena);
    return status;
}
