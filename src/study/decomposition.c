/* SPDX-License-Identifier: MIT */
/*
 * What is a change made of? By measure: every flow's mean derivative along the path from the
 * benchmark to the scenario, times what each measure does to the flow's openness or tariff.
 * Measures that bind one flow are put in force one after the other, as they took effect; what a
 * measure adds is what it stops on top of those before it, less what it added in the base year,
 * which the benchmark holds already. Hubs stand as full as the scenario leaves them. Shocks to
 * productivity likewise, by the sectors that they hit.
 * By partner and sector: Caliendo & Parro's first-order formula.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/world_internal.h"

/* What measures make of the world, in arrays of a work of its own. */
typedef struct circumstances {
    ful_measures_work *work;
    ful_economy_shock shock;
} circumstances;

typedef struct sharer {
    const ful_world *world;
    const ful_situation *s;
    const ful_attribution *mean;
    ful_decomposition *out;
    size_t flows;
    int *order;                     /* measures by the day on which they took effect */
    unsigned char *allowed, *force; /* of the scenario; what is in force at the moment */
    circumstances now, before;
} sharer;

typedef struct start_day {
    int index, day;
} start_day;

static int by_day(const void *a, const void *b)
{
    const start_day *x = a, *y = b;
    return x->day != y->day ? (x->day < y->day ? -1 : 1) : x->index - y->index;
}

/* Indices by the days listed; sorts the list. */
static void order_by_day(int *order, start_day *list, int count)
{
    qsort(list, (size_t)count, sizeof *list, by_day);
    for (int k = 0; k < count; k++)
        order[k] = list[k].index;
}

static ful_status order_measures(sharer *x, ful_arena *arena, ful_error *err)
{
    const ful_situation *s = x->s;
    start_day *list = ful_arena_take(arena, (size_t)s->measures + 1, sizeof *list);
    x->order = ful_arena_take(arena, (size_t)s->measures + 1, sizeof *x->order);
    if (!list || !x->order)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    for (int k = 0; k < s->measures; k++)
        list[k] = (start_day){k, s->measure[k].law.start + s->measure[k].law.lag_days};
    order_by_day(x->order, list, s->measures);
    return FUL_OK;
}

/* ---- what each measure adds ---- */

static ful_status apply(circumstances *c, sharer *x, const ful_setting *setting, ful_error *err)
{
    ful_setting limited = *setting;
    limited.in_force = x->force;
    return ful_measures_apply(&c->shock, ful_world_measures(x->world), c->work, &limited, err);
}

/* Group of the flow's goods on its side of the target's trade, or G where it is in none. */
static int group_at(const ful_situation *s, int seller, int buyer, int sector)
{
    for (int g = 0; g < s->groups; g++)
        if (s->group[g].sector[sector] &&
            (s->group[g].exports ? seller == s->target : buyer == s->target))
            return g;
    return s->groups;
}

/* Give a measure its contribution: mean derivatives times what changed from `before` to `now`. */
static void credit(sharer *x, int measure, double sign)
{
    const ful_situation *s = x->s;
    const ful_attribution *mean = x->mean;
    const ful_economy_shock *now = &x->now.shock, *before = &x->before.shock;
    size_t a = 0;
    for (int j = 0; j < s->sectors; j++)
        for (int n = 0; n < s->actors; n++)
            for (int i = 0; i < s->actors; i++, a++) {
                double goods = mean->openness[a] * (now->openness[a] - before->openness[a]);
                if (mean->latent_openness)
                    goods += mean->latent_openness[a] *
                             (now->latent_openness[a] - before->latent_openness[a]);
                const double duty = mean->tariff[a] * (now->tariff[a] - before->tariff[a]);
                if (goods == 0 && duty == 0)
                    continue;
                const int g = group_at(s, i, n, j);
                x->out->measure[measure] += sign * 100 * (goods + duty);
                x->out->tariffs_pct += sign * 100 * duty;
                if (g < s->groups)
                    x->out->group[g] += sign * 100 * goods;
            }
}

/* Put measures in force one after the other under a setting and credit each with what it adds. */
static ful_status add_up(sharer *x, const ful_setting *setting, const unsigned char *allowed,
                         double sign, ful_error *err)
{
    memset(x->force, 0, (size_t)x->s->measures);
    ful_status status = apply(&x->before, x, setting, err);
    for (int k = 0; status == FUL_OK && k < x->s->measures; k++) {
        const int measure = x->order[k];
        if (allowed && !allowed[measure])
            continue;
        x->force[measure] = 1;
        status = apply(&x->now, x, setting, err);
        if (status != FUL_OK)
            break;
        credit(x, measure, sign);
        const circumstances old = x->before;
        x->before = x->now;
        x->now = old;
    }
    return status;
}

/* A cap's contribution is its measure's; groups share it by what it grips of them. */
static void credit_cap(sharer *x, int measure, const ful_economy_cap *cap, double effect)
{
    const ful_situation *s = x->s;
    const size_t N = (size_t)s->actors;
    ful_economy_view base;
    double gripped = 0;
    ful_economy_benchmark(&base, ful_world_economy(x->world));
    x->out->measure[measure] += 100 * effect;
    for (int e = 0; e < cap->entries; e++)
        gripped += (cap->grip ? cap->grip[e] : 1) * base.flow[cap->entry[e]];
    for (int e = 0; gripped > 0 && e < cap->entries; e++) {
        const size_t at = cap->entry[e];
        const int g = group_at(s, (int)(at % N), (int)(at / N % N), (int)(at / N / N));
        if (g < s->groups)
            x->out->group[g] +=
                100 * effect * (cap->grip ? cap->grip[e] : 1) * base.flow[at] / gripped;
    }
}

static ful_status share(sharer *x, const ful_setting *setting, ful_arena *arena,
                        const ful_allocator *allocator, ful_error *err)
{
    const ful_situation *s = x->s;
    const size_t measures = (size_t)s->measures;
    x->force = ful_arena_take(arena, measures + 1, 1);
    x->allowed = ful_arena_take(arena, measures + 1, 1);
    if (!x->force || !x->allowed)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    memcpy(x->allowed, setting->in_force, measures);
    ful_setting base = {.applies = setting->applies};
    ful__world_base_year(&base.from, &base.to, &base.enforcement, s);
    ful_status status = order_measures(x, arena, err);
    if (status == FUL_OK)
        status = ful_measures_work_new(&x->now.work, ful_world_measures(x->world), allocator, err);
    if (status == FUL_OK)
        status =
            ful_measures_work_new(&x->before.work, ful_world_measures(x->world), allocator, err);
    if (status == FUL_OK)
        status = add_up(x, setting, x->allowed, 1, err);
    if (status == FUL_OK)
        status = add_up(x, &base, NULL, -1, err);
    ful_measures_work_free(x->now.work);
    ful_measures_work_free(x->before.work);
    return status;
}

/* ---- what each shock to productivity adds ---- */

typedef struct days {
    int from, to;
} days;

/* Points of real income per unit of productivity of an actor's sector, along the path. */
static double rate(const sharer *x, int actor, int sector)
{
    return 100 * x->mean->productivity[actor * x->s->sectors + sector];
}

/* Credit a shock with what the shocks counted make of the sectors that it hits, relative to the
 * base year. */
static void credit_shock(sharer *x, int k, const unsigned char *counted, days period, days base,
                         double sign)
{
    const ful_case_shock *shock = &x->s->shock[k];
    for (int j = 0; j < x->s->sectors; j++)
        if (shock->sector[j])
            x->out->shock[k] +=
                sign * rate(x, shock->actor, j) *
                ful__world_mean_productivity(x->world, counted, shock->actor, j, period.from,
                                             period.to) /
                ful__world_mean_productivity(x->world, NULL, shock->actor, j, base.from, base.to);
}

/* Count shocks one after the other and credit each with what it adds. */
static void add_up_shocks(sharer *x, const int *order, unsigned char *counted, days period,
                          days base, double sign)
{
    memset(counted, 0, (size_t)x->s->shocks);
    for (int k = 0; k < x->s->shocks; k++) {
        credit_shock(x, order[k], counted, period, base, -sign);
        counted[order[k]] = 1;
        credit_shock(x, order[k], counted, period, base, sign);
    }
}

/* What the scenario's own productivity does on top of the shocks. */
static void credit_own(sharer *x, const double *own, const double *productivity)
{
    const ful_situation *s = x->s;
    for (int n = 0; n < s->actors; n++)
        for (int j = 0; j < s->sectors; j++) {
            const int cell = n * s->sectors + j;
            x->out->productivity_pct += rate(x, n, j) * productivity[cell] * (1 - 1 / own[cell]);
        }
}

static ful_status share_productivity(sharer *x, const ful_scenario *scenario,
                                     const double *productivity, ful_arena *arena, ful_error *err)
{
    const ful_situation *s = x->s;
    int *order = ful_arena_take(arena, (size_t)s->shocks + 1, sizeof *order);
    unsigned char *counted = ful_arena_take(arena, (size_t)s->shocks + 1, 1);
    start_day *list = ful_arena_take(arena, (size_t)s->shocks + 1, sizeof *list);
    days now, base;
    const double *levels;
    if (!order || !counted || !list)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    for (int k = 0; k < s->shocks; k++)
        list[k] = (start_day){k, s->shock[k].start};
    order_by_day(order, list, s->shocks);
    ful__world_days(&now.from, &now.to, s, scenario);
    ful__world_base_year(&base.from, &base.to, &levels, s);
    add_up_shocks(x, order, counted, now, base, 1);
    add_up_shocks(x, order, counted, base, base, -1);
    if (scenario->productivity)
        credit_own(x, scenario->productivity, productivity);
    return FUL_OK;
}

/* ---- the path and first order ---- */

/* The benchmark as the start of a path: openness of 1, no latent flow, the base year's rates. */
static ful_status start_of_path(ful_economy_shock *out, const ful_world *world, ful_arena *arena,
                                ful_error *err)
{
    const ful_situation *s = ful_world_situation(world);
    const size_t flows = ful_economy_flows(ful_world_economy(world));
    *out = (ful_economy_shock){.tariff = s->tariff};
    if (!s->tariff && !(out->tariff = ful_arena_take(arena, flows, sizeof(double))))
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    return FUL_OK;
}

static ful_status first_order(ful_decomposition *out, const ful_world *world, ful_world_work *work,
                              const ful_solution *x, ful_error *err)
{
    const ful_situation *s = ful_world_situation(world);
    const ful_economy_model *model = ful_world_economy(world);
    const size_t cells = (size_t)(s->actors * s->sectors);
    out->terms = ful_arena_take(out->arena, cells, sizeof *out->terms);
    out->volume = ful_arena_take(out->arena, cells, sizeof *out->volume);
    if (!out->terms || !out->volume)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    ful_economy_first_order_by(out->terms, out->volume, model, work->economy, out->actor);
    for (size_t k = 0; k < cells; k++) {
        out->terms[k] *= 100;
        out->volume[k] *= 100;
        out->terms_pct += out->terms[k];
        out->volume_pct += out->volume[k];
    }
    out->welfare_pct = 100 * (x->view.outcome[out->actor].welfare - 1);
    out->real_income_pct = 100 * (x->view.outcome[out->actor].real_income - 1);
    out->compensation = ful_economy_compensation(model, work->economy, out->actor);
    out->max_violation = x->certificate.max_violation;
    return FUL_OK;
}

/* The setting of a scenario with hubs as full as it leaves them, and the shock of that. */
static ful_status hold_hubs(ful_setting *setting, ful_economy_shock *shock, const ful_world *world,
                            ful_world_work *work, const ful_scenario *scenario,
                            const double *hub_cost, ful_error *err)
{
    ful_status status = ful_world_setting(setting, world, work, scenario, err);
    if (status != FUL_OK || !hub_cost)
        return status;
    const double *productivity = shock->productivity;
    setting->hub_cost = hub_cost;
    status = ful_measures_apply(shock, ful_world_measures(world), work->measures, setting, err);
    shock->productivity = productivity;
    return status;
}

static ful_status by_measure(ful_decomposition *out, const ful_world *world, ful_world_work *work,
                             const ful_scenario *scenario, ful_economy_shock *shock,
                             const double *hub_cost, ful_arena *arena, const ful_run *run,
                             ful_error *err)
{
    const ful_situation *s = ful_world_situation(world);
    ful_attribution mean;
    ful_economy_shock from;
    ful_setting setting;
    out->measure = ful_arena_take(out->arena, (size_t)s->measures + 1, sizeof *out->measure);
    out->group = ful_arena_take(out->arena, (size_t)s->groups + 1, sizeof *out->group);
    out->shock = ful_arena_take(out->arena, (size_t)s->shocks + 1, sizeof *out->shock);
    if (!out->measure || !out->group || !out->shock)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    ful_status status = hold_hubs(&setting, shock, world, work, scenario, hub_cost, err);
    const ful_measures_cap *cap;
    const int caps = ful_measures_caps(&cap, work->measures);
    if (status == FUL_OK)
        status = start_of_path(&from, world, arena, err);
    if (status == FUL_OK)
        status = ful_study_attribution(&mean, ful_world_economy(world), &from, shock, out->actor,
                                       FUL_REAL_INCOME, run, err);
    if (status != FUL_OK)
        return status;
    sharer x = {.world = world,
                .s = s,
                .mean = &mean,
                .out = out,
                .flows = ful_economy_flows(ful_world_economy(world))};
    status = share(&x, &setting, arena, run ? run->allocator : NULL, err);
    if (status == FUL_OK && shock->productivity)
        status = share_productivity(&x, scenario, shock->productivity, arena, err);
    for (int c = 0; status == FUL_OK && c < caps; c++)
        credit_cap(&x, cap[c].measure, &shock->cap[c], mean.cap[c]);
    out->start_pct = 100 * (mean.start - 1);
    out->residual_pct = 100 * (mean.end - mean.start);
    out->residual_pct -= out->productivity_pct;
    for (int k = 0; k < s->measures; k++)
        out->residual_pct -= out->measure[k];
    for (int k = 0; k < s->shocks; k++)
        out->residual_pct -= out->shock[k];
    out->panels = mean.panels;
    out->nodes = mean.nodes;
    out->kinks = mean.kinks;
    out->max_violation = fmax(out->max_violation, mean.max_violation);
    ful_attribution_clear(&mean);
    return status;
}

ful_status ful_study_decomposition(ful_decomposition *out, const ful_world *world,
                                   const ful_scenario *scenario, int actor, const ful_run *run,
                                   ful_error *err)
{
    memset(out, 0, sizeof *out);
    const ful_situation *s = ful_world_situation(world);
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_arena *arena;
    ful_world_work *work = NULL;
    ful_economy_shock shock;
    ful_solution solution;
    double *hub_cost = NULL; /* where hubs may fill */
    if (actor < 0 || actor >= s->actors)
        return ful_fail(err, FUL_ERR_ARGUMENT, "actor %d of %d", actor, s->actors);
    out->actor = actor;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    status = ful_arena_new(&out->arena, allocator, err);
    if (status == FUL_OK)
        status = ful_world_work_new(&work, world, allocator, err);
    if (status == FUL_OK)
        status = ful_world_solve(&solution, world, work, scenario, run ? run->stop : NULL, err);
    if (status == FUL_OK)
        status = first_order(out, world, work, &solution, err);
    if (status == FUL_OK && solution.hubs > 0) {
        hub_cost = ful_arena_take(arena, (size_t)s->hubs, sizeof *hub_cost);
        if (hub_cost)
            ful_world_hub_costs(hub_cost, world, &solution);
        else
            status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for a decomposition");
    }
    if (status == FUL_OK)
        status = ful_world_shock(&shock, world, work, scenario, err);
    if (status == FUL_OK)
        status = by_measure(out, world, work, scenario, &shock, hub_cost, arena, run, err);
    ful_world_work_free(work);
    ful_arena_free(arena);
    if (status != FUL_OK)
        ful_decomposition_clear(out);
    return status;
}

void ful_decomposition_clear(ful_decomposition *decomposition)
{
    ful_arena_free(decomposition->arena);
    memset(decomposition, 0, sizeof *decomposition);
}
