/* SPDX-License-Identifier: MIT */
/* A situation under one vector of parameters, and the solution of a scenario in it. */
#include "study/world_internal.h"

#include <string.h>

#include "base/memory.h"

/* ---- construction ------------------------------------------------------------------------------
 */

/* Day of the first of January. */
static int new_year(int year)
{
    return ful_date_days(year, 1, 1);
}

void ful__world_base_year(int *from, int *to, const double **enforcement, const ful_situation *s)
{
    *from = new_year(s->base_year);
    *to = new_year(s->base_year + 1);
    *enforcement = ful_situation_levels(s, s->base_year);
}

static ful_status make_measures(ful_world *w, const ful_allocator *allocator, ful_error *err)
{
    const ful_situation *s = w->s;
    ful_measure *law = ful_arena_take(w->arena, (size_t)s->measures, sizeof *law);
    ful_hub *hub = ful_arena_take(w->arena, (size_t)s->hubs, sizeof *hub);
    double *theta = ful_arena_take(w->arena, (size_t)s->sectors, sizeof *theta);
    const char **country = ful_arena_take(w->arena, (size_t)s->actors, sizeof *country);
    const char **sector = ful_arena_take(w->arena, (size_t)s->sectors, sizeof *sector);
    if (!law || !hub || !theta || !country || !sector)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for measures");
    for (int k = 0; k < s->measures; k++) {
        law[k] = s->measure[k].law;
        if (s->measure[k].coverage != FUL_NO_PARAM)
            law[k].coverage = w->p[s->measure[k].coverage];
    }
    for (int h = 0; h < s->hubs; h++)
        hub[h] = (ful_hub){.actor = s->hub[h].actor,
                           .group = s->hub[h].group,
                           .share = ful__world_value(w, s->hub[h].share),
                           .cost = ful__world_value(w, s->hub[h].cost),
                           .adaptation_years = ful__world_value(w, s->hub[h].adaptation_years),
                           .capacity = ful__world_value(w, s->hub[h].capacity)};
    for (int j = 0; j < s->sectors; j++) {
        theta[j] = ful__world_value(w, s->sector[j].theta);
        sector[j] = s->sector[j].id;
    }
    for (int n = 0; n < s->actors; n++)
        country[n] = s->actor[n].id;
    ful_economy_view base;
    int base_from, base_to;
    const double *base_levels;
    ful_economy_benchmark(&base, w->economy);
    ful__world_base_year(&base_from, &base_to, &base_levels, s);
    const ful_measures_data data = {.countries = s->actors,
                                    .sectors = s->sectors,
                                    .groups = s->groups,
                                    .hubs = s->hubs,
                                    .measures = s->measures,
                                    .target = s->target,
                                    .country = country,
                                    .sector_id = sector,
                                    .group = s->group,
                                    .hub = hub,
                                    .onward = ful__world_value(w, s->onward),
                                    .congestion = ful__world_value(w, s->congestion),
                                    .measure = law,
                                    .theta = theta,
                                    .flow = base.flow,
                                    .latent = s->latent,
                                    .tariff = s->tariff,
                                    .base_from = base_from,
                                    .base_to = base_to,
                                    .base_enforcement = base_levels};
    return ful_measures_model_new(&w->measures, &data, allocator, err);
}

/* Draws stay within the range that the case gives; other values come from whoever sets them. */
static ful_status check_shocks(const ful_world *w, ful_error *err)
{
    for (int k = 0; k < w->s->shocks; k++) {
        const double factor = w->p[w->s->shock[k].factor];
        if (!(factor >= 1 / FUL_ECONOMY_MAX_PRODUCTIVITY && factor <= FUL_ECONOMY_MAX_PRODUCTIVITY))
            return ful_fail(err, FUL_ERR_DATA, "the factor of shock '%s' is %g, expected %g..%g",
                            w->s->shock[k].id, factor, 1 / FUL_ECONOMY_MAX_PRODUCTIVITY,
                            FUL_ECONOMY_MAX_PRODUCTIVITY);
    }
    return FUL_OK;
}

/* A world with its parameters, but neither economy nor measures. */
static ful_status start_world(ful_world **out, const ful_situation *situation, const double *p,
                              const ful_allocator *allocator, ful_error *err)
{
    ful_arena *arena;
    const ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful_world *w = ful_arena_take(arena, 1, sizeof *w);
    double *values = ful_arena_take(arena, (size_t)situation->parameters, sizeof *values);
    const size_t cells =
        situation->shocks > 0 ? (size_t)(situation->actors * situation->sectors) : 0;
    double *base = cells > 0 ? ful_arena_take(arena, cells, sizeof *base) : NULL;
    if (!w || !values || (cells > 0 && !base)) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world");
    }
    w->arena = arena;
    w->s = situation;
    w->p = values;
    w->base_productivity = base;
    if (p)
        memcpy(values, p, (size_t)situation->parameters * sizeof *p);
    else
        ful_situation_centre(values, situation);
    if (base)
        ful__world_base_productivity(base, w);
    *out = w;
    return FUL_OK;
}

/* Its economy, from the benchmark given, and its measures. */
static ful_status finish_world(ful_world **out, ful_world *w, const ful_economy_data *data,
                               const ful_allocator *allocator, ful_error *err)
{
    ful_status status = ful_economy_model_new(&w->economy, &w->adjustment, data, allocator, err);
    if (status == FUL_OK)
        status = make_measures(w, allocator, err);
    if (status == FUL_OK)
        *out = w;
    return status;
}

ful_status ful_world_new(ful_world **out, const ful_situation *situation, const double *p,
                         const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    ful_world *w = NULL;
    ful_economy_data data;
    ful_status status = start_world(&w, situation, p, allocator, err);
    if (status != FUL_OK)
        return status;
    status = check_shocks(w, err);
    if (status == FUL_OK)
        status = ful__world_data(&data, w, err);
    if (status == FUL_OK)
        status = finish_world(out, w, &data, allocator, err);
    if (status != FUL_OK)
        ful_world_free(w);
    return status;
}

/* Solve the benchmark of the case without transfers; its flows become those of *data. */
static ful_status remove_deficits(ful_economy_data *data, ful_economy_outcome *change,
                                  ful_economy_certificate *certificate, ful_world *w,
                                  const ful_run *run, ful_error *err)
{
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const ful_economy_shock none = {0};
    ful_world plain = *w;
    ful_economy_work *work = NULL;
    ful_solution solution;
    plain.economy = NULL;
    ful_status status = ful__world_data(data, w, err);
    data->closure = FUL_CLOSURE_ZERO;
    if (status == FUL_OK)
        status = ful_economy_model_new(&plain.economy, &w->adjustment, data, allocator, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&work, plain.economy, allocator, err);
    if (status == FUL_OK)
        status =
            ful__world_solve_shock(&solution, &plain, work, &none, run ? run->stop : NULL, err);
    if (status == FUL_OK && change)
        memcpy(change, solution.view.outcome, (size_t)w->s->actors * sizeof *change);
    if (status == FUL_OK && certificate)
        *certificate = solution.certificate;
    if (status == FUL_OK)
        status = ful_economy_rebase(data, plain.economy, work, &none, w->arena, err);
    ful_economy_work_free(work);
    ful_economy_model_free(plain.economy);
    return status;
}

ful_status ful_world_balance(ful_world **out, ful_economy_outcome *change,
                             ful_economy_certificate *certificate, const ful_world *world,
                             const ful_run *run, ful_error *err)
{
    *out = NULL;
    ful_world *w = NULL;
    ful_economy_data data;
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_status status = start_world(&w, world->s, world->p, allocator, err);
    if (status != FUL_OK)
        return status;
    status = remove_deficits(&data, change, certificate, w, run, err);
    const ful_economy_adjustment adjustment = w->adjustment;
    if (status == FUL_OK)
        status = finish_world(out, w, &data, allocator, err);
    w->adjustment = adjustment; /* that of the case: rebasing changes nothing of its own */
    if (status != FUL_OK)
        ful_world_free(w);
    return status;
}

void ful_world_free(ful_world *world)
{
    if (!world)
        return;
    ful_economy_model_free(world->economy);
    ful_measures_model_free(world->measures);
    ful_arena_free(world->arena);
}

ful_status ful_world_work_new(ful_world_work **out, const ful_world *world,
                              const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    const ful_situation *s = world->s;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful_world_work *w = ful_arena_take(arena, 1, sizeof *w);
    if (w) {
        w->arena = arena;
        w->enforcement = ful_arena_take(arena, (size_t)(s->actors * s->groups), sizeof(double));
        w->in_force = ful_arena_take(arena, (size_t)s->measures, 1);
        w->productivity = ful_arena_take(arena, (size_t)(s->actors * s->sectors), sizeof(double));
    }
    if (!w || !w->enforcement || !w->in_force || !w->productivity) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace");
    }
    status = ful_economy_work_new(&w->economy, world->economy, allocator, err);
    if (status == FUL_OK)
        status = ful_measures_work_new(&w->measures, world->measures, allocator, err);
    if (status != FUL_OK)
        ful_world_work_free(w);
    else
        *out = w;
    return status;
}

void ful_world_work_free(ful_world_work *work)
{
    if (!work)
        return;
    ful_economy_work_free(work->economy);
    ful_measures_work_free(work->measures);
    ful_arena_free(work->arena);
}

void ful_world_work_reset(ful_world_work *work)
{
    ful_economy_work_reset(work->economy);
}

const ful_situation *ful_world_situation(const ful_world *world)
{
    return world->s;
}

const ful_economy_model *ful_world_economy(const ful_world *world)
{
    return world->economy;
}

const ful_measures_model *ful_world_measures(const ful_world *world)
{
    return world->measures;
}

const double *ful_world_parameters(const ful_world *world)
{
    return world->p;
}

double ful__value_added(const ful_world *world, int actor)
{
    ful_economy_view base;
    double sum = 0;
    ful_economy_benchmark(&base, world->economy);
    for (int j = 0; j < world->s->sectors; j++)
        sum += base.value_added[actor * world->s->sectors + j];
    return sum;
}

const ful_economy_adjustment *ful_world_adjustment(const ful_world *world)
{
    return &world->adjustment;
}

const ful_economy_work *ful_world_work_economy(const ful_world_work *work)
{
    return work->economy;
}

/* ---- scenarios ---------------------------------------------------------------------------------
 */

void ful_scenario_default(ful_scenario *scenario, const ful_situation *situation)
{
    *scenario = (ful_scenario){.regime = situation->headline, .adopted = -1};
}

/* A hypothetical measure is one of a regime that names its imposer, not of all that were taken. */
static int imposed(const ful_situation *s, const ful_scenario *scenario,
                   const ful_case_measure *measure)
{
    const int dated = scenario->regime < 0, which = dated ? scenario->adopted : scenario->regime;
    const ful_regime *regime = which >= 0 ? &s->regime[which] : NULL;
    if (!regime || regime->imposers == 0 || (dated && !measure->hypothetical))
        return !measure->hypothetical;
    for (int k = 0; k < regime->imposers; k++)
        if (regime->imposer[k] == measure->law.imposer)
            return 1;
    return 0;
}

/* Bans, caps and secondary sanctions by the regime's imposers, in a span of dates all that were
 * taken; tariffs by anybody, but for those that a lever lifts. */
static void choose_measures(unsigned char *in_force, const ful_situation *s,
                            const ful_scenario *scenario)
{
    for (int k = 0; k < s->measures; k++) {
        const ful_measure *law = &s->measure[k].law;
        const int chosen = law->kind == FUL_MEASURE_TARIFF || imposed(s, scenario, &s->measure[k]);
        in_force[k] = chosen ? FUL_BY_DATE : FUL_SET_ASIDE;
    }
    for (int l = 0; l < s->levers; l++)
        if ((scenario->levers >> l & 1) && s->lever[l].lifts >= 0)
            in_force[s->lever[l].lifts] = FUL_SET_ASIDE;
}

/* Tariffs that levers lift, imposed whatever their date. */
static void impose(unsigned char *in_force, const ful_situation *s, unsigned imposed)
{
    for (int l = 0; l < s->levers; l++)
        if ((imposed >> l & 1) && s->lever[l].lifts >= 0)
            in_force[s->lever[l].lifts] = FUL_IMPOSED;
}

static ful_status setting_of(ful_setting *out, const ful_world *world, ful_world_work *work,
                             const ful_scenario *scenario, ful_error *err)
{
    const ful_situation *s = world->s;
    const int which = scenario->regime < 0 ? scenario->adopted : scenario->regime;
    if (which >= s->regimes)
        return ful_fail(err, FUL_ERR_ARGUMENT, "regime %d of %d", which, s->regimes);
    int from, to, year, month, day;
    ful__world_days(&from, &to, s, scenario);
    ful_date_split(&year, &month, &day, from);
    choose_measures(work->in_force, s, scenario);
    impose(work->in_force, s, scenario->imposed);
    const double *levels =
        scenario->enforcement ? scenario->enforcement : ful_situation_levels(s, year);
    memcpy(work->enforcement, levels, (size_t)(s->actors * s->groups) * sizeof *levels);
    *out = (ful_setting){.from = from,
                         .to = to,
                         .in_force = work->in_force,
                         .applies = scenario->applies,
                         .enforcement = work->enforcement,
                         .relief = scenario->relief,
                         .adaptation = scenario->adaptation};
    return FUL_OK;
}

ful_status ful_world_setting(ful_setting *out, const ful_world *world, ful_world_work *work,
                             const ful_scenario *scenario, ful_error *err)
{
    return setting_of(out, world, work, scenario, err);
}

/* By ful_case_term.column: target, sender, enforcers, households. */
static void read_incomes(double *income, const ful_world *w, const ful_economy_view *now)
{
    const ful_situation *s = w->s;
    const int players = s->game.players;
    for (int i = 0; i < players; i++) {
        const int actor = s->game.player[i].actor;
        income[i == FUL_S ? 1 : i == FUL_T ? 0 : i] = 100 * (now->outcome[actor].real_income - 1);
    }
    for (int h = 0; h < s->households; h++)
        income[players + h] = 100 * (now->household[h].real_income - 1);
}

/* What each cap bounds, from the measures, beside what it lets through, from the economy. */
static void join_caps(ful_solution *out, const ful_world_work *work, const ful_economy_shock *shock)
{
    const ful_measures_cap *cap;
    out->caps = ful_measures_caps(&cap, work->measures);
    for (int c = 0; c < out->caps; c++)
        out->cap[c] = (ful_solved_cap){.measure = cap[c].measure,
                                       .rent = shock->cap[c].rent,
                                       .gripped = cap[c].gripped,
                                       .value = shock->cap[c].value,
                                       .quantity = shock->cap[c].quantity,
                                       .after = out->view.cap[c]};
}

/* What each hub can take, from the measures, beside what passes, from the economy. */
static void join_hubs(ful_solution *out, const ful_world *world, const ful_economy_shock *shock)
{
    const int *hub;
    out->hubs = shock->hubs;
    ful_measures_hubs(&hub, world->measures);
    for (int h = 0; h < out->hubs; h++)
        out->hub[h] = (ful_solved_hub){.hub = hub[h],
                                       .capacity = shock->hub[h].capacity,
                                       .before = shock->hub[h].use,
                                       .congestion = shock->congestion,
                                       .after = out->view.hub[h]};
}

void ful_world_hub_costs(double *cost, const ful_world *world, const ful_solution *solution)
{
    for (int h = 0; h < world->s->hubs; h++)
        cost[h] = 1;
    for (int h = 0; h < solution->hubs; h++)
        cost[solution->hub[h].hub] = solution->hub[h].after.cost;
}

ful_status ful_world_shock(ful_economy_shock *out, const ful_world *world, ful_world_work *work,
                           const ful_scenario *scenario, ful_error *err)
{
    ful_setting setting;
    ful_status status = setting_of(&setting, world, work, scenario, err);
    if (status == FUL_OK)
        status = ful_measures_apply(out, world->measures, work->measures, &setting, err);
    if (status == FUL_OK)
        out->productivity = ful__world_changed_productivity(work->productivity, world, scenario);
    return status;
}

ful_status ful__world_solve_shock(ful_solution *out, const ful_world *world, ful_economy_work *work,
                                  const ful_economy_shock *shock, const volatile int *stop,
                                  ful_error *err)
{
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.stop = stop;
    ful_status status = ful_economy_solve(&out->report, world->economy, work, shock, &options, err);
    if (status == FUL_OK)
        status = ful_economy_certify(&out->certificate, world->economy, work, shock, NULL, err);
    if (status != FUL_OK)
        return status;
    if (!(out->certificate.max_violation <= FUL_CERTIFIED))
        return ful_fail(err, FUL_NOT_CONVERGED,
                        "the certificate shows a violation of %.3g, above %.0e",
                        out->certificate.max_violation, FUL_CERTIFIED);
    ful_economy_view_get(&out->view, world->economy, work);
    out->caps = out->hubs = 0;
    read_incomes(out->income, world, &out->view);
    return FUL_OK;
}

ful_status ful_world_solve(ful_solution *out, const ful_world *world, ful_world_work *work,
                           const ful_scenario *scenario, const volatile int *stop, ful_error *err)
{
    ful_economy_shock shock;
    ful_status status = ful_world_shock(&shock, world, work, scenario, err);
    if (status == FUL_OK)
        status = ful__world_solve_shock(out, world, work->economy, &shock, stop, err);
    if (status == FUL_OK) {
        join_caps(out, work, &shock);
        join_hubs(out, world, &shock);
    }
    return status;
}
