/* SPDX-License-Identifier: MIT */
/* A situation under one vector of parameters, and the solution of a scenario in it. */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Limit for every actor but the target: no deficit of theirs is in danger of not being shipped. */
#define OPEN_FINANCE_LIMIT 0.999

struct ful_world {
    ful_arena *arena;
    const ful_situation *s;
    double *p;
    ful_economy_model *economy;
    ful_measures_model *measures;
    ful_economy_adjustment adjustment;
    double *household[2]; /* J: share of sector value added of elite and mass, or NULL */
};

struct ful_world_work {
    ful_arena *arena;
    ful_economy_work *economy;
    ful_measures_work *measures;
    double *enforcement;     /* actors*G */
    unsigned char *in_force; /* measures */
};

static double value(const ful_world *w, ful_param k)
{
    return k == FUL_NO_PARAM ? 0 : w->p[k];
}

/* ---- construction ------------------------------------------------------------------------------
 */

/* Levels between the two sizes: flows and values of inputs are interpolated, so that every table
 * between two balanced tables is balanced. */
static void interpolate(const ful_situation *s, double t, double *flow, double *input)
{
    const int N = s->actors, J = s->sectors;
    const size_t flows = (size_t)J * (size_t)N * (size_t)N;
    for (size_t a = 0; a < flows; a++)
        flow[a] = (1 - t) * s->flow[0][a] + t * s->flow[1][a];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < J; j++) {
            double low = 0, high = 0;
            for (int n = 0; n < N; n++) {
                const size_t a = ((size_t)j * (size_t)N + (size_t)n) * (size_t)N + (size_t)i;
                low += s->flow[0][a];
                high += s->flow[1][a];
            }
            const double output = (1 - t) * low + t * high;
            const size_t row = ((size_t)i * (size_t)J + (size_t)j) * (size_t)J;
            for (size_t k = row; k < row + (size_t)J; k++)
                input[k] =
                    output > 0
                        ? ((1 - t) * low * s->input[0][k] + t * high * s->input[1][k]) / output
                        : s->input[0][k];
        }
}

static ful_status make_economy(ful_world *w, const ful_allocator *allocator, ful_error *err)
{
    const ful_situation *s = w->s;
    const size_t N = (size_t)s->actors, J = (size_t)s->sectors;
    double *flow = ful_arena_take(w->arena, J * N * N, sizeof *flow);
    double *input = ful_arena_take(w->arena, N * J * J, sizeof *input);
    double *theta = ful_arena_take(w->arena, J, sizeof *theta);
    double *kappa = ful_arena_take(w->arena, N, sizeof *kappa);
    double *phi = ful_arena_take(w->arena, N, sizeof *phi);
    double *limit = ful_arena_take(w->arena, N, sizeof *limit);
    const char **country = ful_arena_take(w->arena, N, sizeof *country);
    const char **sector = ful_arena_take(w->arena, J, sizeof *sector);
    if (!flow || !input || !theta || !kappa || !phi || !limit || !country || !sector)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world");
    const double size = s->size == FUL_NO_PARAM ? 0 : w->p[s->size];
    if (!(size >= 0 && size <= 1))
        return ful_fail(err, FUL_ERR_ARGUMENT, "parameter '%s' is %g, expected 0..1",
                        s->parameter[s->size].id, size);
    interpolate(s, size, flow, input);
    for (size_t j = 0; j < J; j++) {
        theta[j] = value(w, s->sector[j].theta);
        sector[j] = s->sector[j].id;
    }
    const double mobility = value(w, s->kappa);
    for (size_t n = 0; n < N; n++) {
        const int target = (int)n == s->target;
        kappa[n] = mobility > 0 ? mobility : INFINITY;
        phi[n] = target ? value(w, s->phi) : 0;
        limit[n] = target && s->finance_limit != FUL_NO_PARAM ? value(w, s->finance_limit)
                                                              : OPEN_FINANCE_LIMIT;
        country[n] = s->actor[n].id;
    }
    const ful_economy_data data = {.countries = s->actors,
                                   .sectors = s->sectors,
                                   .country = country,
                                   .sector = sector,
                                   .flow = flow,
                                   .latent = s->latent,
                                   .tariff = s->tariff,
                                   .input = input,
                                   .theta = theta,
                                   .kappa = kappa,
                                   .phi = phi,
                                   .closure = s->closure,
                                   .finance_limit = limit};
    return ful_economy_model_new(&w->economy, &w->adjustment, &data, allocator, err);
}

/* Day of the first of January. */
static int new_year(int year)
{
    return ful_date_days(year, 1, 1);
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
                           .share = value(w, s->hub[h].share),
                           .cost = value(w, s->hub[h].cost),
                           .adaptation_years = value(w, s->hub[h].adaptation_years)};
    for (int j = 0; j < s->sectors; j++) {
        theta[j] = value(w, s->sector[j].theta);
        sector[j] = s->sector[j].id;
    }
    for (int n = 0; n < s->actors; n++)
        country[n] = s->actor[n].id;
    ful_economy_view base;
    ful_economy_benchmark(&base, w->economy);
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
                                    .onward = value(w, s->onward),
                                    .measure = law,
                                    .theta = theta,
                                    .flow = base.flow,
                                    .latent = s->latent,
                                    .tariff = s->tariff,
                                    .base_from = new_year(s->base_year),
                                    .base_to = new_year(s->base_year + 1),
                                    .base_enforcement = ful_situation_levels(s, s->base_year)};
    return ful_measures_model_new(&w->measures, &data, allocator, err);
}

/* Shares of each sector's value added: the first household's by its scale, the second takes the
 * rest. */
static ful_status make_households(ful_world *w, ful_error *err)
{
    const ful_situation *s = w->s;
    if (s->households != 2)
        return FUL_OK;
    for (int h = 0; h < 2; h++) {
        w->household[h] = ful_arena_take(w->arena, (size_t)s->sectors, sizeof(double));
        if (!w->household[h])
            return ful_fail(err, FUL_ERR_MEMORY, "out of memory for households");
    }
    const int owner = s->household[0].rest ? 1 : 0;
    const double scale =
        s->household[owner].scale == FUL_NO_PARAM ? 1 : w->p[s->household[owner].scale];
    for (int j = 0; j < s->sectors; j++) {
        const double share = s->household[owner].share[j] * scale;
        if (!(share >= 0 && share <= 1))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "household '%s' owns %g of sector '%s', expected 0..1",
                            s->household[owner].id, share, s->sector[j].id);
        w->household[owner][j] = share;
        w->household[1 - owner][j] = 1 - share;
    }
    return FUL_OK;
}

ful_status ful_world_new(ful_world **out, const ful_situation *situation, const double *p,
                         const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    ful_world *w = ful_arena_take(arena, 1, sizeof *w);
    double *values = ful_arena_take(arena, (size_t)situation->parameters, sizeof *values);
    if (!w || !values) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a world");
    }
    w->arena = arena;
    w->s = situation;
    w->p = values;
    if (p)
        memcpy(values, p, (size_t)situation->parameters * sizeof *p);
    else
        ful_situation_centre(values, situation);
    status = make_economy(w, allocator, err);
    if (status == FUL_OK)
        status = make_measures(w, allocator, err);
    if (status == FUL_OK)
        status = make_households(w, err);
    if (status != FUL_OK)
        ful_world_free(w);
    else
        *out = w;
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
    }
    if (!w || !w->enforcement || !w->in_force) {
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
    *scenario = (ful_scenario){.regime = situation->headline};
}

static int imposed(const ful_regime *regime, const ful_measure *law)
{
    if (regime->imposers == 0)
        return 1;
    for (int k = 0; k < regime->imposers; k++)
        if (regime->imposer[k] == law->imposer)
            return 1;
    return 0;
}

/* Bans, caps and secondary sanctions by the regime's imposers; tariffs by anybody, but for those
 * that a lever lifts. */
static void choose_measures(unsigned char *in_force, const ful_situation *s,
                            const ful_scenario *scenario)
{
    const ful_regime *regime = scenario->regime >= 0 ? &s->regime[scenario->regime] : NULL;
    for (int k = 0; k < s->measures; k++) {
        const ful_measure *law = &s->measure[k].law;
        const int chosen = law->kind == FUL_MEASURE_TARIFF || !regime || imposed(regime, law);
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
    if (scenario->regime >= s->regimes)
        return ful_fail(err, FUL_ERR_ARGUMENT, "regime %d of %d", scenario->regime, s->regimes);
    const int from = scenario->regime >= 0 ? s->regime[scenario->regime].date : scenario->from;
    const int to = scenario->regime >= 0 ? from + 1 : scenario->to;
    int year, month, day;
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

/* Income of a household: its shares of value added over its benchmark, deflated by the common
 * basket. */
static double household_income(const ful_world *w, const ful_economy_view *now,
                               const ful_economy_view *base, const double *share)
{
    const int T = w->s->target, J = w->s->sectors;
    double after = 0, before = 0;
    for (int j = 0; j < J; j++) {
        after += share[j] * now->value_added[T * J + j];
        before += share[j] * base->value_added[T * J + j];
    }
    return before > 0 ? after / before / now->final_price[T] : 1;
}

static ful_income incomes(const ful_world *w, const ful_economy_view *now)
{
    const ful_situation *s = w->s;
    ful_economy_view base;
    ful_economy_benchmark(&base, w->economy);
    ful_income income = {
        .S = 100 * (now->outcome[s->sender].real_income - 1),
        .E = 100 * (now->outcome[s->enforcer].real_income - 1),
        .T = 100 * (now->outcome[s->target].real_income - 1),
    };
    income.elite = income.mass = income.T;
    if (w->household[0]) {
        income.elite = 100 * (household_income(w, now, &base, w->household[0]) - 1);
        income.mass = 100 * (household_income(w, now, &base, w->household[1]) - 1);
    }
    return income;
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

ful_status ful_world_solve(ful_solution *out, const ful_world *world, ful_world_work *work,
                           const ful_scenario *scenario, const volatile int *stop, ful_error *err)
{
    ful_setting setting;
    ful_economy_shock shock;
    ful_status status = setting_of(&setting, world, work, scenario, err);
    if (status == FUL_OK)
        status = ful_measures_apply(&shock, world->measures, work->measures, &setting, err);
    if (status != FUL_OK)
        return status;
    ful_economy_options options;
    ful_economy_options_default(&options);
    options.stop = stop;
    status = ful_economy_solve(&out->report, world->economy, work->economy, &shock, &options, err);
    if (status == FUL_OK)
        status = ful_economy_certify(&out->certificate, world->economy, work->economy, &shock, NULL,
                                     err);
    if (status != FUL_OK)
        return status;
    if (!(out->certificate.max_violation <= FUL_CERTIFIED))
        return ful_fail(err, FUL_NOT_CONVERGED,
                        "the certificate shows a violation of %.3g, above %.0e",
                        out->certificate.max_violation, FUL_CERTIFIED);
    ful_economy_view_get(&out->view, world->economy, work->economy);
    join_caps(out, work, &shock);
    out->income = incomes(world, &out->view);
    return FUL_OK;
}
