/* SPDX-License-Identifier: MIT */
/* The economy's part of the game: the table of incomes, the worth of each lever that works through
 * a tariff, the shares of trade that each part of enforcement moves. */
#include "study/payoffs_internal.h"

#include <math.h>
#include <string.h>

/* Key of the generator that chooses the nodes at which a table is checked. */
#define SAMPLE_SEED 1

/* ---- parts ---- */

/* The owner's trade with the target in the groups that a part moves, in the benchmark. */
static double trade_of(const ful_situation *s, const ful_economy_view *base,
                       const ful_case_enforced *part)
{
    const size_t N = (size_t)s->actors;
    const int owner = s->game.player[part->owner].actor;
    double sum = 0;
    for (int g = 0; g < s->groups; g++)
        for (int j = 0; part->group[g] && j < s->sectors; j++) {
            const int buyer = s->group[g].exports ? owner : s->target;
            const int seller = s->group[g].exports ? s->target : owner;
            if (s->group[g].sector[j])
                sum += base->flow[((size_t)j * N + (size_t)buyer) * N + (size_t)seller];
        }
    return sum;
}

/* Of an owner without any trade every part weighs the same. */
static void set_shares(ful_payoffs *f, int owner)
{
    double sum = 0;
    int count = 0;
    for (int k = 0; k < f->parts; k++)
        if (f->part[k].owner == owner && !f->part[k].adoption) {
            sum += f->part[k].share;
            count++;
        }
    for (int k = 0; k < f->parts; k++)
        if (f->part[k].owner == owner && !f->part[k].adoption)
            f->part[k].share = sum > 0 ? f->part[k].share / sum : 1.0 / count;
}

static void read_parts(ful_payoffs *f)
{
    const ful_situation *s = ful_world_situation(f->world);
    ful_economy_view base;
    ful_economy_benchmark(&base, ful_world_economy(f->world));
    f->joint = 1;
    for (int k = 0; k < s->game.enforced; k++) {
        const ful_case_enforced *x = &s->game.part[k];
        const int fixed = x->held && !(f->moving >> k & 1);
        f->part[f->parts++] = (ful_enforced){.id = x->id,
                                             .owner = x->owner,
                                             .levels = fixed ? 1 : x->levels,
                                             .level = x->level + (fixed ? x->start : 0),
                                             .share = x->group ? trade_of(s, &base, x) : 0,
                                             .start = fixed ? 0 : x->start,
                                             .adoption = !x->group};
        f->joint *= f->part[k].levels;
    }
    for (int owner = FUL_E; owner < s->game.players; owner++)
        set_shares(f, owner);
}

/* ---- levers ---- */

/* Income without a lever's tariff less income with it, or of a penalty the reverse, at the start of
 * the game under pressure. */
static ful_status fill_levers(ful_payoffs *f, ful_arena *scratch, const ful_run *run,
                              ful_error *err)
{
    const ful_situation *s = ful_world_situation(f->world);
    ful__income_node *nodes = ful_arena_take(scratch, 2 * (size_t)s->levers + 1, sizeof *nodes);
    int owner[2 * FUL_MAX_LEVERS], count = 0;
    if (!nodes)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    for (int l = 0; l < s->levers; l++)
        for (int imposed = 0; s->lever[l].lifts >= 0 && imposed < 2; imposed++) {
            ful__income_node *x = &nodes[count];
            owner[count++] = l;
            x->pressure = 1;
            *(imposed ? &x->imposed : &x->lifted) = 1u << l;
            for (int k = 0; k < f->parts; k++)
                x->level[k] = f->part[k].level[f->part[k].start];
        }
    if (count == 0)
        return FUL_OK;
    const ful_status status = ful__income_solve(nodes, count, FUL__LONG_BLOCK, f, run, err);
    for (int k = 0; status == FUL_OK && k < count; k++) {
        const int penalty = s->lever[owner[k]].contract == FUL_CONTRACT_PENALTY;
        const double sign = !nodes[k].imposed == !penalty ? 1 : -1;
        for (int i = 0; i < f->columns; i++)
            f->lever[owner[k] * f->columns + i] += sign * nodes[k].income[i];
        f->max_violation = fmax(f->max_violation, nodes[k].violation);
    }
    f->solves += count;
    return status;
}

/* ---- the object ---- */

static ful_payoffs *take_payoffs(ful_arena *arena, const ful_payoffs *wanted)
{
    const ful_situation *s = ful_world_situation(wanted->world);
    ful_payoffs *f = ful_arena_take(arena, 1, sizeof *f);
    if (!f)
        return NULL;
    *f = *wanted;
    f->arena = arena;
    f->columns = s->game.players + s->households;
    read_parts(f);
    f->entries = FUL__RELIEFS * f->steps * f->joint;
    const size_t entries = (size_t)f->entries, columns = (size_t)f->columns;
    f->lever = ful_arena_take(arena, (size_t)s->levers * columns + 1, sizeof(double));
    for (int pressure = 0; pressure < 2; pressure++) {
        f->income[pressure] = ful_arena_take(arena, entries * columns, sizeof(double));
        f->solved[pressure] = ful_arena_take(arena, entries, 1);
        if (!f->income[pressure] || !f->solved[pressure])
            return NULL;
    }
    return f->lever ? f : NULL;
}

/* `wanted` has the members that the caller chooses. */
static ful_status make_payoffs(ful_payoffs **out, const ful_payoffs *wanted, const ful_run *run,
                               ful_error *err)
{
    *out = NULL;
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_arena *arena, *scratch = NULL;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    status = ful_arena_new(&scratch, allocator, err);
    ful_payoffs *f = status == FUL_OK ? take_payoffs(arena, wanted) : NULL;
    if (status == FUL_OK && !f)
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    if (status == FUL_OK)
        status = f->grid == FUL_GRID_EXACT ? ful__income_exact(f, scratch, run, err)
                                           : ful__income_interpolated(f, scratch, run, err);
    if (status == FUL_OK)
        status = ful__income_slice(f, err);
    if (status == FUL_OK)
        status = fill_levers(f, scratch, run, err);
    ful_arena_free(scratch);
    if (status == FUL_OK)
        *out = f;
    else
        ful_arena_free(arena);
    return status;
}

ful_status ful_payoffs_new(ful_payoffs **out, const ful_world *world, ful_grid grid,
                           unsigned moving, const ful_run *run, ful_error *err)
{
    const ful_situation *s = ful_world_situation(world);
    const ful_payoffs wanted = {.world = world,
                                .grid = grid,
                                .moving = moving & ful_held_parts(s),
                                .steps = s->game.adaptation_steps};
    return make_payoffs(out, &wanted, run, err);
}

ful_status ful__payoffs_of_days(ful_payoffs **out, const ful_world *world, ful_grid grid, int from,
                                int to, const ful_run *run, ful_error *err)
{
    const ful_payoffs wanted = {.world = world, .grid = grid, .from = from, .to = to, .steps = 1};
    return make_payoffs(out, &wanted, run, err);
}

static ful_status check_relief(const ful_world *world, ful_error *err)
{
    const ful_situation *s = ful_world_situation(world);
    const double *p = ful_world_parameters(world);
    const ful_param relief[] = {s->game.relief_freeze, s->game.relief_dismantle};
    for (int k = 0; k < 2; k++)
        if (relief[k] != FUL_NO_PARAM && !(p[relief[k]] >= 0 && p[relief[k]] <= 1))
            return ful_fail(err, FUL_ERR_DATA, "%s is %g, expected 0..1",
                            s->parameter[relief[k]].id, p[relief[k]]);
    return FUL_OK;
}

/* The game of all levers over a table of nothing but zeros. */
static ful_status check_game(const ful_world *world, unsigned moving, ful_arena *arena,
                             const ful_allocator *allocator, ful_error *err)
{
    const ful_payoffs wanted = {.world = world,
                                .moving = moving,
                                .steps = ful_world_situation(world)->game.adaptation_steps};
    const ful_offer offer = {.pressure = 1, .levers = ~0u, .stick = 1, .moving = moving};
    ful_bargain *game = NULL;
    ful_payoffs *f = take_payoffs(arena, &wanted);
    if (!f)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for payoffs");
    ful_status status = ful__income_slice(f, err);
    if (status == FUL_OK)
        status = ful_payoffs_game(&game, f, &offer, allocator, err);
    ful_bargain_free(game);
    return status;
}

ful_status ful_payoffs_check(const ful_world *world, const ful_allocator *allocator, ful_error *err)
{
    const unsigned held = ful_held_parts(ful_world_situation(world)), moving[] = {0, held};
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status != FUL_OK)
        return status;
    status = check_relief(world, err);
    for (int k = 0; k < (held ? 2 : 1) && status == FUL_OK; k++)
        status = check_game(world, moving[k], arena, allocator, err);
    ful_arena_free(arena);
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
                               .columns = f->columns,
                               .joint = f->joint,
                               .entries = f->entries,
                               .income = {f->income[0], f->income[1]},
                               .lever = f->lever,
                               .part = f->part,
                               .world = f->world};
}

/* ---- how far off ---- */

/* The same nodes for every table of a size: of those that this one did not solve. */
static int sample(ful__income_node *nodes, int *at, const ful_payoffs *f)
{
    int count = 0;
    for (uint32_t draw = 0; count < FUL_GAP_SAMPLE && draw < 4 * FUL_GAP_SAMPLE; draw++) {
        const int which = (int)(ful_uniform(SAMPLE_SEED, 0, draw) * 2 * f->entries);
        const int pressure = which / f->entries, entry = which % f->entries;
        if (f->solved[pressure][entry])
            continue;
        at[count] = which;
        nodes[count++] = ful__income_entry(f, pressure, entry);
    }
    return count;
}

ful_status ful_payoffs_gap(ful_gap *out, const ful_payoffs *f, const ful_run *run, ful_error *err)
{
    ful__income_node nodes[FUL_GAP_SAMPLE];
    int at[FUL_GAP_SAMPLE];
    *out = (ful_gap){.nodes = sample(nodes, at, f)};
    if (out->nodes == 0)
        return FUL_OK;
    const ful_status status =
        ful__income_solve(nodes, out->nodes, FUL__SHORT_BLOCK / 2, f, run, err);
    for (int k = 0; status == FUL_OK && k < out->nodes; k++) {
        const double *x =
            f->income[at[k] / f->entries] + (size_t)(at[k] % f->entries) * (size_t)f->columns;
        out->target = fmax(out->target, fabs(x[0] - nodes[k].income[0]));
        out->enforcer = fmax(out->enforcer, fabs(x[FUL_E] - nodes[k].income[FUL_E]));
    }
    return status;
}
