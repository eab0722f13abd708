/* SPDX-License-Identifier: MIT */
/*
 * The economy's part of the game: incomes over enforcement x adaptation x relief, with and without
 * pressure, and the worth of each lever that works through a tariff.
 *
 * The exact grid solves every node. The sparse grid, for draws, solves the 3^G tensor of
 * enforcement at 0, 1/2, 1 without relief or adaptation and interpolates it by quadratics.
 * Adaptation is read as less enforcement: the common factor on e that gives the same income of the
 * target. Each relief has its own 2^G corners, since it also reopens what the base year had closed;
 * between them the interpolation is linear, bent by what is left of the tensor's curvature.
 */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "study/first_error.h"

#define RELIEFS 3     /* none, that of a freeze, that of dismantling */
#define MAX_TENSOR 81 /* 3^4 */
/* Nodes that follow each other from one cold start: few on the exact grid, so that several threads
 * have work; all of them on the sparse one, whose draws are spread over the threads already. */
#define EXACT_BLOCK 16
#define SPARSE_BLOCK 128

struct ful_payoffs {
    ful_arena *arena;
    const ful_world *world;
    int entries, nodes; /* nodes = L^G */
    ful_income *income[2];
    ful_income *lever;
    double *group_share;
    int solves;
    double max_violation;
    ful_bargain_parameters p;
};

/* ---- construction ------------------------------------------------------------------------------
 */

static double *symbol(ful_bargain_parameters *p, int k)
{
    return &((double *)p)[k]; /* the struct is made of nothing but the listed doubles */
}

_Static_assert(sizeof(ful_bargain_parameters) % sizeof(double) == 0, "only doubles");

static void read_parameters(ful_payoffs *f)
{
    const ful_situation *s = ful_world_situation(f->world);
    const double *p = ful_world_parameters(f->world);
    const int count = (int)(sizeof f->p / sizeof(double));
    for (int k = 0; k < count; k++)
        *symbol(&f->p, k) = p[s->game.parameter[k]];
}

static double relief_of(const ful_payoffs *f, int r)
{
    return r == 0 ? 0 : r == 1 ? f->p.relief_freeze : f->p.relief_dismantle;
}

/* Trade of each group between target and enforcer in the benchmark, as shares. */
static void read_shares(ful_payoffs *f)
{
    const ful_situation *s = ful_world_situation(f->world);
    const size_t N = (size_t)s->actors;
    ful_economy_view base;
    ful_economy_benchmark(&base, ful_world_economy(f->world));
    double sum = 0;
    for (int g = 0; g < s->groups; g++) {
        f->group_share[g] = 0;
        for (int j = 0; j < s->sectors; j++) {
            const int n = s->group[g].exports ? s->enforcer : s->target;
            const int i = s->group[g].exports ? s->target : s->enforcer;
            if (s->group[g].sector[j])
                f->group_share[g] += base.flow[((size_t)j * N + (size_t)n) * N + (size_t)i];
        }
        sum += f->group_share[g];
    }
    for (int g = 0; g < s->groups; g++)
        f->group_share[g] = sum > 0 ? f->group_share[g] / sum : 1.0 / s->groups;
}

/* ---- solving nodes
 * ------------------------------------------------------------------------------- */

/* One node to solve: the enforcer's level by group, relief, adaptation, regime, tariffs. */
typedef struct node {
    double e[FUL_BARGAIN_MAX_GROUPS];
    double relief;
    int adaptation, regime;
    unsigned lifted, imposed;
    ful_income income;
    double violation;
} node;

typedef struct batch {
    const ful_payoffs *f;
    node *nodes;
    int count, length;     /* nodes, nodes of a block */
    ful_world_work **work; /* one per thread */
    double *levels;        /* actors*G per thread */
    ful_error *errors;     /* one per block */
    const volatile int *stop;
} batch;

/* The case's levels when the game begins. */
static const double *case_levels(const ful_situation *s)
{
    int year, month, day;
    ful_date_split(&year, &month, &day, s->game.start);
    return ful_situation_levels(s, year);
}

static ful_status solve_node(const batch *b, node *x, int thread, ful_error *err)
{
    const ful_situation *s = ful_world_situation(b->f->world);
    double *levels = b->levels + (size_t)thread * (size_t)(s->actors * s->groups);
    memcpy(levels, case_levels(s), sizeof *levels * (size_t)(s->actors * s->groups));
    memcpy(levels + s->enforcer * s->groups, x->e, sizeof *levels * (size_t)s->groups);
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = x->regime;
    scenario.enforcement = levels;
    scenario.relief = x->relief;
    scenario.adaptation = x->adaptation;
    scenario.levers = x->lifted;
    scenario.imposed = x->imposed;
    ful_solution solution;
    const ful_status status =
        ful_world_solve(&solution, b->f->world, b->work[thread], &scenario, b->stop, err);
    if (status == FUL_OK) {
        x->income = solution.income;
        x->violation = solution.certificate.max_violation;
    }
    return status;
}

static ful_status solve_block(void *user, int block, int thread)
{
    batch *b = user;
    ful_world_work_reset(b->work[thread]);
    for (int k = block * b->length; k < (block + 1) * b->length && k < b->count; k++) {
        const ful_status status = solve_node(b, &b->nodes[k], thread, &b->errors[block]);
        if (status != FUL_OK)
            return status;
    }
    return FUL_OK;
}

/* Solve all nodes, in blocks whose order does not depend on the threads. */
static ful_status solve_nodes(ful_payoffs *f, node *nodes, int count, int length,
                              const ful_run *run, ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const int threads = ful_threads(run), blocks = (count + length - 1) / length;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    batch b = {
        .f = f, .nodes = nodes, .count = count, .length = length, .stop = run ? run->stop : NULL};
    b.work = ful_arena_take(arena, (size_t)threads, sizeof *b.work);
    b.levels = ful_arena_take(arena, (size_t)(threads * s->actors * s->groups), sizeof *b.levels);
    b.errors = ful_arena_take(arena, (size_t)blocks, sizeof *b.errors);
    if (!b.work || !b.levels || !b.errors)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    int made = 0;
    for (; status == FUL_OK && made < threads; made++)
        status = ful_world_work_new(&b.work[made], f->world, allocator, err);
    if (status == FUL_OK)
        status = ful__first_error(ful_parallel_for(blocks, run, "payoffs", solve_block, &b),
                                  b.errors, blocks, err);
    for (int k = 0; status == FUL_OK && k < count; k++)
        f->max_violation = fmax(f->max_violation, nodes[k].violation);
    f->solves += count;
    for (int k = 0; k < made; k++)
        ful_world_work_free(b.work[k]);
    ful_arena_free(arena);
    return status;
}

/* Levels of joint enforcement `index` on the game's grid. */
static void grid_levels(double *e, const ful_situation *s, int index)
{
    for (int g = 0; g < s->groups; g++) {
        e[g] = s->game.level[index % s->game.levels];
        index /= s->game.levels;
    }
}

static int regime_of(const ful_situation *s, int pressure)
{
    return pressure ? s->game.pressure_regime : s->game.base_regime;
}

/* ---- the exact grid
 * ------------------------------------------------------------------------------ */

static ful_status fill_exact(ful_payoffs *f, const ful_run *run, ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    const int K = s->game.adaptation_steps, count = 2 * f->entries;
    node *nodes = ful_arena_take(f->arena, (size_t)count, sizeof *nodes);
    if (!nodes)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    for (int at = 0; at < count; at++) {
        node *x = &nodes[at];
        const int entry = at % f->entries;
        x->regime = regime_of(s, at / f->entries);
        x->relief = relief_of(f, entry / (K * f->nodes));
        x->adaptation = entry / f->nodes % K;
        grid_levels(x->e, s, entry % f->nodes);
    }
    const ful_status status = solve_nodes(f, nodes, count, EXACT_BLOCK, run, err);
    for (int at = 0; status == FUL_OK && at < count; at++)
        f->income[at / f->entries][at % f->entries] = nodes[at].income;
    return status;
}

/* ---- the sparse grid
 * ------------------------------------------------------------------------------ */

/* Quadratic weights of the nodes 0, 1/2, 1 at x. */
static void quadratic(double w[3], double x)
{
    w[0] = (1 - x) * (1 - 2 * x);
    w[1] = 4 * x * (1 - x);
    w[2] = x * (2 * x - 1);
}

static void add_income(ful_income *sum, double weight, const ful_income *x)
{
    sum->S += weight * x->S;
    sum->E += weight * x->E;
    sum->elite += weight * x->elite;
    sum->mass += weight * x->mass;
    sum->T += weight * x->T;
}

/* The tensor at e, scaled by a common factor. */
static ful_income tensor_at(const node *tensor, int groups, const double *e, double factor)
{
    double w[FUL_BARGAIN_MAX_GROUPS][3];
    ful_income sum = {0};
    int count = 1;
    for (int g = 0; g < groups; g++) {
        quadratic(w[g], e[g] * factor);
        count *= 3;
    }
    for (int k = 0; k < count; k++) {
        double weight = 1;
        for (int g = 0, rest = k; g < groups; g++, rest /= 3)
            weight *= w[g][rest % 3];
        add_income(&sum, weight, &tensor[k].income);
    }
    return sum;
}

/* The corners of a relief, multilinear in e. */
static ful_income corners_at(const node *corner, int groups, const double *e, double factor)
{
    ful_income sum = {0};
    for (int k = 0; k < 1 << groups; k++) {
        double weight = 1;
        for (int g = 0; g < groups; g++)
            weight *= k >> g & 1 ? e[g] * factor : 1 - e[g] * factor;
        add_income(&sum, weight, &corner[k].income);
    }
    return sum;
}

/* The tensor less its own multilinear part: its curvature. */
static ful_income curvature_at(const node *tensor, int groups, const double *e, double factor)
{
    ful_income bend = tensor_at(tensor, groups, e, factor);
    for (int k = 0; k < 1 << groups; k++) {
        double weight = 1;
        int at = 0, place = 1;
        for (int g = 0; g < groups; g++, place *= 3) {
            weight *= k >> g & 1 ? e[g] * factor : 1 - e[g] * factor;
            at += k >> g & 1 ? 2 * place : 0;
        }
        add_income(&bend, -weight, &tensor[at].income);
    }
    return bend;
}

/* The factor on full enforcement at which the tensor gives the target's income of `x`. */
static double effective_factor(const node *tensor, int groups, const node *x)
{
    static const double full[FUL_BARGAIN_MAX_GROUPS] = {1, 1, 1, 1};
    double low = 0, high = 1;
    for (int round = 0; round < 50; round++) {
        const double middle = (low + high) / 2;
        if (tensor_at(tensor, groups, full, middle).T > x->income.T)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static ful_status fill_sparse(ful_payoffs *f, const ful_run *run, ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    const int G = s->groups, K = s->game.adaptation_steps, corners = 1 << G;
    int tensor = 1;
    for (int g = 0; g < G; g++)
        tensor *= 3;
    /* the tensor; full enforcement at each step of adaptation; the corners of each relief; without
     * pressure none and full enforcement at each relief */
    const int adapted = tensor, relieved = adapted + K - 1;
    const int quiet = relieved + (RELIEFS - 1) * corners, count = quiet + 2 * RELIEFS;
    node *nodes = ful_arena_take(f->arena, (size_t)count, sizeof *nodes);
    if (!nodes)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    for (int k = 0; k < count; k++) {
        const int corner = (k - relieved) % corners;
        nodes[k].regime = regime_of(s, k < quiet);
        nodes[k].adaptation = k >= adapted && k < relieved ? k - adapted + 1 : 0;
        nodes[k].relief = k >= quiet      ? relief_of(f, (k - quiet) / 2)
                          : k >= relieved ? relief_of(f, 1 + (k - relieved) / corners)
                                          : 0;
        for (int g = 0, rest = k; g < G; g++, rest /= 3)
            nodes[k].e[g] = k >= quiet      ? (k - quiet) % 2
                            : k >= relieved ? corner >> g & 1
                            : k >= adapted  ? 1
                                            : rest % 3 / 2.0;
    }
    const ful_status status = solve_nodes(f, nodes, count, SPARSE_BLOCK, run, err);
    if (status != FUL_OK)
        return status;
    for (int entry = 0; entry < f->entries; entry++) {
        double e[FUL_BARGAIN_MAX_GROUPS], mean = 0;
        const int r = entry / (K * f->nodes), step = entry / f->nodes % K;
        grid_levels(e, s, entry % f->nodes);
        for (int g = 0; g < G; g++)
            mean += f->group_share[g] * e[g];
        const double factor = step ? effective_factor(nodes, G, &nodes[adapted + step - 1]) : 1;
        ful_income *at = &f->income[1][entry];
        if (r == 0) {
            *at = tensor_at(nodes, G, e, factor);
        } else {
            const ful_income bend = curvature_at(nodes, G, e, factor);
            *at = corners_at(nodes + relieved + (r - 1) * corners, G, e, factor);
            add_income(at, 1 - relief_of(f, r), &bend);
        }
        add_income(&f->income[0][entry], 1 - mean, &nodes[quiet + 2 * r].income);
        add_income(&f->income[0][entry], mean, &nodes[quiet + 2 * r + 1].income);
    }
    return FUL_OK;
}

/* ---- levers
 * ---------------------------------------------------------------------------------------- */

/* Income without a lever's tariff less income with it, at the start of the game under pressure. */
static ful_status fill_levers(ful_payoffs *f, const ful_run *run, ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    node *nodes = ful_arena_take(f->arena, 2 * (size_t)s->levers + 1, sizeof *nodes);
    int owner[2 * FUL_MAX_LEVERS], count = 0;
    if (!nodes)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    for (int l = 0; l < s->levers; l++)
        for (int imposed = 0; s->lever[l].lifts >= 0 && imposed < 2; imposed++) {
            node *x = &nodes[count];
            owner[count++] = l;
            x->regime = s->game.pressure_regime;
            *(imposed ? &x->imposed : &x->lifted) = 1u << l;
            for (int g = 0; g < s->groups; g++)
                x->e[g] = s->game.level[s->game.start_level[g]];
        }
    const ful_status status = solve_nodes(f, nodes, count, EXACT_BLOCK, run, err);
    for (int k = 0; status == FUL_OK && k < count; k++)
        add_income(&f->lever[owner[k]], nodes[k].imposed ? -1 : 1, &nodes[k].income);
    return status;
}

/* ---- the object
 * -------------------------------------------------------------------------------------- */

ful_status ful_payoffs_new(ful_payoffs **out, const ful_world *world, ful_grid grid,
                           const ful_run *run, ful_error *err)
{
    *out = NULL;
    const ful_situation *s = ful_world_situation(world);
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, run ? run->allocator : NULL, err);
    if (status != FUL_OK)
        return status;
    ful_payoffs *f = ful_arena_take(arena, 1, sizeof *f);
    int nodes = 1;
    for (int g = 0; g < s->groups; g++)
        nodes *= s->game.levels;
    const size_t entries = (size_t)RELIEFS * (size_t)s->game.adaptation_steps * (size_t)nodes;
    if (f) {
        *f = (ful_payoffs){.arena = arena, .world = world, .entries = (int)entries, .nodes = nodes};
        f->income[0] = ful_arena_take(arena, entries, sizeof(ful_income));
        f->income[1] = ful_arena_take(arena, entries, sizeof(ful_income));
        f->lever = ful_arena_take(arena, (size_t)s->levers + 1, sizeof(ful_income));
        f->group_share = ful_arena_take(arena, (size_t)s->groups, sizeof(double));
    }
    if (!f || !f->income[0] || !f->income[1] || !f->lever || !f->group_share) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    }
    read_parameters(f);
    read_shares(f);
    status = grid == FUL_GRID_EXACT ? fill_exact(f, run, err) : fill_sparse(f, run, err);
    if (status == FUL_OK)
        status = fill_levers(f, run, err);
    if (status != FUL_OK)
        ful_payoffs_free(f);
    else
        *out = f;
    return status;
}

void ful_payoffs_free(ful_payoffs *payoffs)
{
    if (payoffs)
        ful_arena_free(payoffs->arena);
}

void ful_payoffs_view_get(ful_payoffs_view *view, const ful_payoffs *f)
{
    *view = (ful_payoffs_view){.solves = f->solves,
                               .max_violation = f->max_violation,
                               .entries = f->entries,
                               .income = {f->income[0], f->income[1]},
                               .lever = f->lever,
                               .group_share = f->group_share,
                               .world = f->world};
}

/* ---- a game
 * --------------------------------------------------------------------------------------------- */

static double value(const double *p, ful_param k)
{
    return k == FUL_NO_PARAM ? 0 : p[k];
}

/* A lever of the case in numbers: the economy's part is added to what the case states. */
static ful_lever lever_terms(const ful_payoffs *f, int l, ful_terms terms)
{
    const ful_situation *s = ful_world_situation(f->world);
    const ful_case_lever *x = &s->lever[l];
    const double *p = ful_world_parameters(f->world);
    ful_contract contract = x->contract;
    if (terms == FUL_TERMS_CONTINGENT)
        contract = FUL_CONTRACT_ENFORCEMENT;
    if (terms == FUL_TERMS_GIFTS)
        contract = FUL_CONTRACT_UNCONDITIONAL;
    return (ful_lever){.id = x->id,
                       .contract = contract,
                       .duration = x->duration,
                       .value_E = value(p, x->value_e) + f->p.w_E * f->lever[l].E,
                       .value_T = value(p, x->value_t),
                       .cost_S = value(p, x->cost_s) - f->p.w_S * f->lever[l].S,
                       .withdrawal = value(p, x->withdrawal),
                       .hazard = value(p, x->hazard),
                       .troops = x->troops};
}

/* A stick is a loss that enforcement averts: an unconditional cost and a contingent refund. */
static int add_stick(ful_lever *lever, int count, const ful_payoffs *f)
{
    const ful_situation *s = ful_world_situation(f->world);
    const double *p = ful_world_parameters(f->world);
    const double loss = value(p, ful_situation_parameter(s, "stick.value"));
    const double backlash = value(p, ful_situation_parameter(s, "stick.backlash"));
    const double cost = value(p, ful_situation_parameter(s, "stick.cost_s"));
    lever[count++] = (ful_lever){.id = "stick",
                                 .contract = FUL_CONTRACT_UNCONDITIONAL,
                                 .duration = 64,
                                 .value_E = -loss - backlash,
                                 .cost_S = cost};
    lever[count++] = (ful_lever){.id = "stick-averted",
                                 .contract = FUL_CONTRACT_ENFORCEMENT,
                                 .duration = 64,
                                 .value_E = loss};
    return count;
}

/* Benchmark value added of E over that of S: what a per cent of one is in per cents of the other.
 */
static double relative_size(const ful_payoffs *f)
{
    const ful_situation *s = ful_world_situation(f->world);
    ful_economy_view base;
    ful_economy_benchmark(&base, ful_world_economy(f->world));
    double size[2] = {0, 0};
    for (int j = 0; j < s->sectors; j++) {
        size[0] += base.value_added[s->enforcer * s->sectors + j];
        size[1] += base.value_added[s->sender * s->sectors + j];
    }
    return size[0] / size[1];
}

ful_status ful_payoffs_game(ful_bargain **out, const ful_payoffs *f, const ful_offer *offer,
                            const ful_allocator *allocator, ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    ful_lever lever[FUL_MAX_LEVERS + 3];
    int count = 0;
    for (int l = 0; l < s->levers; l++)
        if (offer->levers >> l & 1)
            lever[count++] = lever_terms(f, l, offer->terms);
    if (offer->stick)
        count = add_stick(lever, count, f);
    if (offer->transfer != 0)
        lever[count++] = (ful_lever){.id = "transfer",
                                     .contract = FUL_CONTRACT_ENFORCEMENT,
                                     .duration = 64,
                                     .value_E = offer->transfer,
                                     .cost_S = offer->transfer * relative_size(f)};
    const ful_bargain_data data = {.p = f->p,
                                   .dt = 0.5,
                                   .horizon = offer->horizon ? offer->horizon : s->game.horizon,
                                   .dismantle_periods = s->game.dismantle_periods,
                                   .settle_periods = s->game.settle_periods,
                                   .stress_steps = s->game.stress_steps,
                                   .adaptation_steps = s->game.adaptation_steps,
                                   .groups = s->groups,
                                   .levels = s->game.levels,
                                   .level = s->game.level,
                                   .group_share = f->group_share,
                                   .income = f->income[offer->pressure ? 1 : 0],
                                   .start_stage = s->game.start_stage,
                                   .start_level = s->game.start_level,
                                   .levers = count,
                                   .lever = lever};
    return ful_bargain_new(out, &data, allocator, err);
}

ful_status ful_payoffs_play(ful_bargain_report *report, const ful_payoffs *payoffs,
                            const ful_offer *offer, double lambda_scale,
                            const ful_allocator *allocator, ful_error *err)
{
    ful_bargain *game;
    ful_bargain_work *work = NULL;
    ful_status status = ful_payoffs_game(&game, payoffs, offer, allocator, err);
    if (status == FUL_OK)
        status = ful_bargain_work_new(&work, game, allocator, err);
    if (status == FUL_OK)
        status = ful_bargain_solve(report, game, work, lambda_scale, err);
    ful_bargain_work_free(work);
    ful_bargain_free(game);
    return status;
}
