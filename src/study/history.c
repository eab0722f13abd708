/* SPDX-License-Identifier: MIT */
/*
 * Does it fit the past? The years after the base year under the law of their own days. Forecast:
 * the enforcer's level is the one read off the year before. Conditional: its level on the target's
 * exports is the one that reproduces what the enforcer bought; only the rest is scored.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#define SEARCH_ROUNDS 40
#define LEVEL_TOLERANCE 1e-7

typedef struct past {
    const ful_world *world;
    const ful_situation *s;
    ful_world_work *work;
    double *levels;     /* actors*G of the year at hand */
    double *base, *now; /* flow arrays at customs value: of the base year, of the last solution */
} past;

/* ---- one year
 * ------------------------------------------------------------------------------------------- */

static double value_of(const ful_situation *s, const double *customs, int j, int buyer, int seller)
{
    const size_t N = (size_t)s->actors;
    return customs[((size_t)j * N + (size_t)buyer) * N + (size_t)seller];
}

/* The target's trade in goods as customs see it: `exports` or imports, with one actor or all (-1),
 * of one sector or all. */
static double trade(const ful_situation *s, const double *customs, int exports, int actor,
                    int sector)
{
    double sum = 0;
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; n < s->actors; n++)
            if (!s->sector[j].service && n != s->target && (actor < 0 || n == actor) &&
                (sector < 0 || j == sector))
                sum += exports ? value_of(s, customs, j, n, s->target)
                               : value_of(s, customs, j, s->target, n);
    return sum;
}

static ful_scenario year_scenario(const past *h, int year)
{
    ful_scenario scenario;
    ful_scenario_default(&scenario, h->s);
    scenario.regime = -1;
    scenario.from = ful_date_days(year, 1, 1);
    scenario.to = ful_date_days(year + 1, 1, 1);
    scenario.enforcement = h->levels;
    return scenario;
}

/* The rule: last year's levels are this year's, for everybody. */
static void levels_of_year(past *h, int year)
{
    memcpy(h->levels, ful_situation_levels(h->s, year - 1),
           sizeof(double) * (size_t)(h->s->actors * h->s->groups));
}

static ful_status solve_year(ful_solution *out, const past *h, int year, const volatile int *stop,
                             ful_error *err)
{
    const ful_scenario scenario = year_scenario(h, year);
    const ful_status status = ful_world_solve(out, h->world, h->work, &scenario, stop, err);
    if (status == FUL_OK)
        ful_economy_customs(h->now, ful_world_economy(h->world), ful_world_work_economy(h->work));
    return status;
}

static void set_enforcer(past *h, double level)
{
    const ful_situation *s = h->s;
    for (int g = 0; g < s->groups; g++)
        if (s->group[g].exports)
            h->levels[s->enforcer * s->groups + g] = level;
}

/* The level at which the model's exports to the enforcer are the observed ones. Openness falls as
 * the level rises, so bisection finds it; outside [0, 1] the nearer end is taken and the gap shows.
 */
static ful_status invert_level(double *level, past *h, int year, double observed,
                               const volatile int *stop, ful_error *err)
{
    double low = 0, high = 1;
    for (int round = 0; round < SEARCH_ROUNDS && high - low > LEVEL_TOLERANCE; round++) {
        const double middle = (low + high) / 2;
        ful_solution solution;
        set_enforcer(h, middle);
        const ful_status status = solve_year(&solution, h, year, stop, err);
        if (status != FUL_OK)
            return status;
        if (trade(h->s, h->now, 1, h->s->enforcer, -1) > observed)
            low = middle;
        else
            high = middle;
    }
    *level = (low + high) / 2;
    set_enforcer(h, *level);
    return FUL_OK;
}

/* ---- rows
 * -------------------------------------------------------------------------------------------------
 */

/* What a row asks of a year; growth is given. */
static double read_row(const ful_situation *s, const ful_history_row *row, const double *customs,
                       double growth)
{
    switch (row->kind) {
    case FUL_HISTORY_EXPORTS:
    case FUL_HISTORY_EXPORTS_TO:
        return trade(s, customs, 1, row->actor, -1);
    case FUL_HISTORY_IMPORTS:
    case FUL_HISTORY_IMPORTS_FROM:
        return trade(s, customs, 0, row->actor, -1);
    case FUL_HISTORY_GROUP_EXPORTS:
        return trade(s, customs, 1, -1, row->sector);
    case FUL_HISTORY_GROUP_IMPORTS:
        return trade(s, customs, 0, -1, row->sector);
    case FUL_HISTORY_REAL_GDP_GROWTH:
        return growth;
    }
    return NAN;
}

/* Base flows less what the letter of the year's law would remove, with nothing else moving. */
static double removal(const past *h, const ful_history_row *row, const ful_measure_effect *effect,
                      int count)
{
    const ful_situation *s = h->s;
    if (row->kind == FUL_HISTORY_REAL_GDP_GROWTH)
        return 0;
    double value = read_row(s, row, h->base, 0);
    const int exports = row->kind == FUL_HISTORY_EXPORTS || row->kind == FUL_HISTORY_EXPORTS_TO ||
                        row->kind == FUL_HISTORY_GROUP_EXPORTS;
    for (int k = 0; k < count; k++) {
        const ful_measure_effect *e = &effect[k];
        const int partner = exports ? e->buyer : e->seller;
        if (!s->sector[e->sector].service && (exports ? e->seller : e->buyer) == s->target &&
            (row->actor < 0 || row->actor == partner) &&
            (row->sector < 0 || row->sector == e->sector))
            value -= e->excess * value_of(s, h->base, e->sector, e->buyer, e->seller);
    }
    return value;
}

static int is_growth(const ful_history_row *row)
{
    return row->kind == FUL_HISTORY_REAL_GDP_GROWTH;
}

/* Rows that a conditional run used to set the level. */
static int is_used(const past *h, ful_history_mode mode, const ful_history_row *row)
{
    return mode == FUL_HISTORY_CONDITIONAL && row->kind == FUL_HISTORY_EXPORTS_TO &&
           row->actor == h->s->enforcer;
}

static ful_status fill_year(ful_history *out, past *h, int year, double growth,
                            ful_measure_effect *effect, int room, ful_error *err)
{
    const ful_situation *s = h->s;
    const ful_scenario scenario = year_scenario(h, year);
    ful_setting setting;
    int count;
    ful_status status = ful_world_setting(&setting, h->world, h->work, &scenario, err);
    if (status == FUL_OK)
        status =
            ful_measures_report(effect, room, &count, ful_world_measures(h->world), &setting, err);
    if (status != FUL_OK)
        return status;
    for (int k = 0; k < s->history_rows; k++) {
        const ful_history_row *row = &s->history[k];
        if (row->year != year)
            continue;
        out->point[out->points++] =
            (ful_history_point){.row = k,
                                .observed = row->value,
                                .predicted = read_row(s, row, h->now, growth),
                                .naive_persistence = read_row(s, row, h->base, 0),
                                .naive_removal = removal(h, row, effect, count),
                                .used = is_used(h, out->mode, row)};
    }
    return FUL_OK;
}

/* Log error of money, floored at a million dollars so that a zero observed does not count for ever.
 */
static double log_error(double predicted, double observed)
{
    return fabs(log(fmax(predicted, 1)) - log(fmax(observed, 1)));
}

static void score(ful_history *out, const ful_situation *s)
{
    int money = 0, growth = 0;
    for (int k = 0; k < out->points; k++) {
        const ful_history_point *x = &out->point[k];
        if (x->used)
            continue;
        if (is_growth(&s->history[x->row])) {
            out->growth_error += fabs(x->predicted - x->observed);
            growth++;
            continue;
        }
        out->error += log_error(x->predicted, x->observed);
        out->error_persistence += log_error(x->naive_persistence, x->observed);
        out->error_removal += log_error(x->naive_removal, x->observed);
        money++;
    }
    if (money > 0) {
        out->error /= money;
        out->error_persistence /= money;
        out->error_removal /= money;
    }
    if (growth > 0)
        out->growth_error /= growth;
}

/* ---- the study
 * --------------------------------------------------------------------------------------------- */

static ful_status run_years(ful_history *out, past *h, const volatile int *stop, ful_error *err)
{
    const ful_situation *s = h->s;
    const int room = 2 * s->actors * s->sectors;
    ful_measure_effect *effect = ful_arena_take(out->arena, (size_t)room, sizeof *effect);
    if (!effect)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for the history");
    double gdp_before = 1;
    for (int y = 0; y < out->years; y++) {
        const int year = out->first_year + y;
        ful_solution solution;
        ful_status status = FUL_OK;
        levels_of_year(h, year);
        for (int k = 0; k < s->history_rows && out->mode == FUL_HISTORY_CONDITIONAL; k++)
            if (s->history[k].year == year && is_used(h, out->mode, &s->history[k]))
                status =
                    invert_level(&out->enforcement[y], h, year, s->history[k].value, stop, err);
        if (status == FUL_OK)
            status = solve_year(&solution, h, year, stop, err);
        if (status != FUL_OK)
            return status;
        double sum = 0;
        int exports = 0;
        for (int g = 0; g < s->groups; g++)
            if (s->group[g].exports) {
                sum += h->levels[s->enforcer * s->groups + g];
                exports++;
            }
        out->enforcement[y] = exports > 0 ? sum / exports : 0;
        out->max_violation = fmax(out->max_violation, solution.certificate.max_violation);
        const double gdp = solution.view.outcome[s->target].real_gdp;
        status = fill_year(out, h, year, 100 * (gdp / gdp_before - 1), effect, room, err);
        if (status != FUL_OK)
            return status;
        gdp_before = gdp;
    }
    score(out, s);
    return FUL_OK;
}

ful_status ful_study_history(ful_history *out, const ful_world *world, ful_history_mode mode,
                             const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    const ful_situation *s = ful_world_situation(world);
    int last = s->base_year;
    for (int k = 0; k < s->history_rows; k++)
        if (s->history[k].year > last)
            last = s->history[k].year;
    if (last == s->base_year)
        return ful_fail(
            err, FUL_ERR_DATA,
            "nothing to compare with: history.csv has no observed figure after the base "
            "year, %d",
            s->base_year);
    ful_status status = ful_arena_new(&out->arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    past h = {.world = world, .s = s};
    out->mode = mode;
    out->first_year = s->base_year + 1;
    out->years = last - s->base_year;
    out->enforcement = ful_arena_take(out->arena, (size_t)out->years, sizeof(double));
    out->point = ful_arena_take(out->arena, (size_t)s->history_rows, sizeof *out->point);
    h.levels = ful_arena_take(out->arena, (size_t)(s->actors * s->groups), sizeof(double));
    const size_t flows = (size_t)s->sectors * (size_t)s->actors * (size_t)s->actors;
    h.base = ful_arena_take(out->arena, flows, sizeof(double));
    h.now = ful_arena_take(out->arena, flows, sizeof(double));
    if (!out->enforcement || !out->point || !h.levels || !h.base || !h.now)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for the history");
    if (status == FUL_OK)
        status = ful_world_work_new(&h.work, world, run ? run->allocator : NULL, err);
    if (status == FUL_OK) {
        ful_economy_customs(h.base, ful_world_economy(world), NULL);
        status = run_years(out, &h, run ? run->stop : NULL, err);
    }
    ful_world_work_free(h.work);
    if (status != FUL_OK)
        ful_history_clear(out);
    return status;
}

void ful_history_clear(ful_history *history)
{
    ful_arena_free(history->arena);
    memset(history, 0, sizeof *history);
}
