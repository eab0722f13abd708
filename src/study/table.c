/* SPDX-License-Identifier: MIT */
/* Nodes of the game's table of incomes, solved in parallel. */
#include "study/payoffs_internal.h"

#include <math.h>
#include <string.h>

#include "study/first_error.h"

typedef struct batch {
    const ful_payoffs *f;
    ful__income_node *nodes;
    int count, block;
    ful_world_work **work; /* one per thread */
    double *levels;        /* actors*G per thread */
    ful_error *errors;     /* one per block */
    const volatile int *stop;
} batch;

double ful__income_relief(const ful_payoffs *f, int step)
{
    const ful_case_game *game = &ful_world_situation(f->world)->game;
    const double *p = ful_world_parameters(f->world);
    return step == 0 ? 0 : ful__param(p, step == 1 ? game->relief_freeze : game->relief_dismantle);
}

/* Everybody's levels when the game begins or, under the law of given days, then; and the players'
 * as the node has them. */
static void set_levels(double *levels, const ful_payoffs *f, const ful__income_node *x)
{
    const ful_situation *s = ful_world_situation(f->world);
    int year, month, day;
    ful_date_split(&year, &month, &day, f->from < f->to ? f->from : s->game.start);
    memcpy(levels, ful_situation_levels(s, year), sizeof *levels * (size_t)(s->actors * s->groups));
    for (int k = 0; k < s->game.enforced; k++) {
        const ful_case_enforced *part = &s->game.part[k];
        double *own = levels + s->game.player[part->owner].actor * s->groups;
        for (int g = 0; part->group && g < s->groups; g++)
            if (part->group[g])
                own[g] = x->level[k];
    }
}

/* Under pressure the regime of the last adoption made; without, adoptions have nothing to add to.
 */
static int regime_of(const ful_situation *s, const ful__income_node *x)
{
    if (!x->pressure)
        return s->game.base_regime;
    int regime = s->game.pressure_regime;
    for (int k = 0; k < s->game.enforced; k++)
        if (!s->game.part[k].group && x->level[k] > 0)
            regime = s->game.part[k].regime;
    return regime;
}

static ful_status solve_node(const batch *b, ful__income_node *x, int thread, ful_error *err)
{
    const ful_situation *s = ful_world_situation(b->f->world);
    double *levels = b->levels + (size_t)thread * (size_t)(s->actors * s->groups);
    set_levels(levels, b->f, x);
    ful_scenario scenario;
    ful_scenario_default(&scenario, s);
    scenario.regime = regime_of(s, x);
    if (x->pressure && b->f->from < b->f->to) {
        scenario.adopted = scenario.regime;
        scenario.regime = -1;
        scenario.from = b->f->from;
        scenario.to = b->f->to;
    }
    scenario.enforcement = levels;
    scenario.relief = ful__income_relief(b->f, x->relief);
    scenario.adaptation = x->adaptation;
    scenario.levers = x->lifted;
    scenario.imposed = x->imposed;
    ful_solution solution;
    const ful_status status =
        ful_world_solve(&solution, b->f->world, b->work[thread], &scenario, b->stop, err);
    if (status == FUL_OK) {
        memcpy(x->income, solution.income, sizeof x->income);
        x->violation = solution.certificate.max_violation;
    }
    return status;
}

static ful_status solve_block(void *user, int block, int thread)
{
    batch *b = user;
    ful_world_work_reset(b->work[thread]);
    for (int k = block * b->block; k < b->count && k - block * b->block < b->block; k++) {
        const ful_status status = solve_node(b, &b->nodes[k], thread, &b->errors[block]);
        if (status != FUL_OK)
            return status;
    }
    return FUL_OK;
}

ful_status ful__income_solve(ful__income_node *nodes, int count, int block, const ful_payoffs *f,
                             const ful_run *run, ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const int blocks = (count - 1) / block + 1;
    const int threads = blocks < ful_threads(run) ? blocks : ful_threads(run);
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    batch b = {
        .f = f, .nodes = nodes, .count = count, .block = block, .stop = run ? run->stop : NULL};
    b.work = ful_arena_take(arena, (size_t)threads, sizeof *b.work);
    b.levels = ful_arena_take(arena, (size_t)(threads * s->actors * s->groups), sizeof *b.levels);
    b.errors = ful_arena_take(arena, (size_t)blocks, sizeof *b.errors);
    if (!b.work || !b.levels || !b.errors)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    int made = 0;
    for (; status == FUL_OK && made < threads; made++)
        status = ful_world_work_new(&b.work[made], f->world, allocator, err);
    if (status == FUL_OK) {
        ful_run inner = run ? *run : (ful_run){0};
        inner.threads = threads;
        status = ful__first_error(ful_parallel_for(blocks, &inner, "payoffs", solve_block, &b),
                                  b.errors, blocks, err);
    }
    for (int k = 0; b.work && k < made; k++)
        ful_world_work_free(b.work[k]);
    ful_arena_free(arena);
    return status;
}

ful__income_node ful__income_entry(const ful_payoffs *f, int pressure, int entry)
{
    ful__income_node x = {.pressure = pressure,
                          .relief = entry / (f->steps * f->joint),
                          .adaptation = entry / f->joint % f->steps};
    for (int k = 0, rest = entry % f->joint; k < f->parts; rest /= f->part[k++].levels)
        x.level[k] = f->part[k].level[rest % f->part[k].levels];
    return x;
}

ful_status ful__income_exact(ful_payoffs *f, ful_arena *scratch, const ful_run *run, ful_error *err)
{
    const int count = 2 * f->entries;
    ful__income_node *nodes = ful_arena_take(scratch, (size_t)count, sizeof *nodes);
    if (!nodes)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    for (int at = 0; at < count; at++)
        nodes[at] = ful__income_entry(f, at / f->entries, at % f->entries);
    const ful_status status = ful__income_solve(nodes, count, FUL__SHORT_BLOCK, f, run, err);
    for (int at = 0; status == FUL_OK && at < count; at++) {
        const int entry = at % f->entries, pressure = at / f->entries;
        memcpy(f->income[pressure] + (size_t)entry * (size_t)f->columns, nodes[at].income,
               sizeof(double) * (size_t)f->columns);
        f->solved[pressure][entry] = 1;
        f->max_violation = fmax(f->max_violation, nodes[at].violation);
    }
    f->solves += count;
    return status;
}
