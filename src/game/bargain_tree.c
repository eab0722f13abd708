/* SPDX-License-Identifier: MIT */
/*
 * A small instance unfolded move by move. Only the rules and the payoffs of a period are shared
 * with the solver on states: paths are summed here as they are walked, and discounting stands in
 * the payoffs, with each decision's precision scaled back to the time of choice.
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <stdio.h>

#define MAX_BRANCHES 12
#define LABEL 96
#define LEVEL_NAME 16

/* Where a path is. */
typedef struct path {
    int t, sub, z, k, x, e;
    double sum[FUL_PLAYERS]; /* payoffs so far, discounted to the start */
} path;

typedef struct branch {
    char name[48];
    double chance;
    int sub, z, k, x;
} branch;

typedef struct unfolding {
    const ful_bargain *g;
    ful_tree_builder *builder;
    ful_error *err;
    double *pre[2];   /* nodes below each (node, e), next period and this one */
    double lambda_S;
    int *window;      /* a row for every period: a menu must outlast what unfolds below it */
    char *text;       /* names of the levels of the menu being written, their addresses, weights */
    const char **name;
    double *weight;
} unfolding;

static const char *const stage_name[] = {"armed", "frozen", "dismantling", "dismantled",
                                         "restarted"};

static void label(char out[LABEL], const unfolding *u, const path *at, const char *who)
{
    const ful__sub *s = u->g->sub + at->sub;
    char step[16] = "";
    if (s->stage == FUL_STAGE_DISMANTLING || s->stage == FUL_STAGE_DISMANTLED)
        snprintf(step, sizeof step, " %d", s->step);
    snprintf(out, LABEL, "%s t%d %s%s%s%s%s z%d k%d e%d", who, at->t, stage_name[s->stage], step,
             s->hidden ? " hidden" : "", s->settled ? " settled" : "", at->x ? " package" : "",
             at->z, at->k, at->e);
}

/* What chance may do after T's move: detection, stress, adaptation. */
static int branches(branch out[MAX_BRANCHES], const ful_bargain *g, const path *at, int next)
{
    const size_t row = ful__row(g, g->sub[at->sub].relief, at->k) + (size_t)at->e;
    const int now = ful__half_year_ends(g, at->t);
    const double up = now && at->z + 1 < g->Z ? g->rise[row] : 0;
    const double down = now && at->z > 0 ? g->fall[row] : 0;
    const double more = now && at->k + 1 < g->K ? g->adapts[at->e] : 0;
    const double stress[] = {down, 1 - up - down, up}, steps[] = {1 - more, more};
    static const char *const stress_name[] = {"stress falls", "", "stress rises"};
    int n = 0;
    for (int found = next == RESTARTING; found >= 0; found--)
        for (int dz = -1; dz <= 1; dz++)
            for (int dk = 0; dk <= 1; dk++) {
                double chance = stress[dz + 1] * steps[dk];
                int sub = next;
                if (next == RESTARTING) {
                    chance *= found ? g->p.detection : 1 - g->p.detection;
                    sub = found ? ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0)
                                : ful__hidden_sub(g, g->sub[at->sub].relief);
                }
                if (!(chance > 0))
                    continue;
                branch *b = out + n++;
                b->chance = chance;
                b->sub = ful__arrive(g, at->t + 1, sub);
                b->z = at->z + dz;
                b->k = at->k + dk;
                b->x = ful__stands(g, at->t + 1, at->x);
                snprintf(b->name, sizeof b->name, "%s%s%s%s",
                         next != RESTARTING ? "" : found ? "detected" : "hidden",
                         dz ? " " : "", stress_name[dz + 1], dk ? " adapts" : "");
            }
    return n;
}

static int levels(int *window, const unfolding *u, const path *at)
{
    if (ful__enforcer_moves(u->g, at->t, at->sub))
        return ful__window(window, u->g, at->e, ful__lifted(u->g, at->sub));
    window[0] = at->e;
    return 1;
}

/* ---- counting -------------------------------------------------------------------------------- */

static size_t slot(const ful_bargain *g, int sub, int z, int k, int x, int e)
{
    return (size_t)ful__node(g, sub, z, k, x) * (size_t)g->E + (size_t)e;
}

static double count_target(const unfolding *u, const path *at)
{
    const ful_bargain *g = u->g;
    ful__target_move move[3];
    branch to[MAX_BRANCHES];
    const double h =
        ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k)[at->e];
    double nodes = h > 0 && h < 1 ? 1 : 0;
    if (h > 0)
        nodes += 3;
    if (h >= 1)
        return nodes;
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    nodes += n > 1;
    for (int a = 0; a < n; a++) {
        const int count = branches(to, g, at, move[a].next);
        nodes += count > 1;
        for (int b = 0; b < count; b++)
            nodes += u->pre[0][slot(g, to[b].sub, to[b].z, to[b].k, to[b].x, at->e)];
    }
    return nodes;
}

static double count_pre(const unfolding *u, const path *from)
{
    const ful_bargain *g = u->g;
    ful__sender_move move[4];
    if (from->t == g->H)
        return 1;
    const int n = ful__sender_menu(move, g, from->t, from->sub, from->x);
    double nodes = n > 1;
    for (int a = 0; a < n; a++) {
        path at = *from;
        at.sub = move[a].sub;
        at.x = move[a].x;
        const int count = levels(u->window, u, &at);
        nodes += count > 1;
        for (int l = 0; l < count; l++) {
            at.e = u->window[l];
            nodes += count_target(u, &at);
        }
    }
    return nodes;
}

static path start(const ful_bargain *g)
{
    return (path){.sub = g->start_sub,
                  .z = g->start_z,
                  .k = g->start_k,
                  .x = ful__stands(g, 0, 1),
                  .e = g->start_e};
}

static double count_nodes(unfolding *u)
{
    const ful_bargain *g = u->g;
    for (int t = g->H; t >= 0; t--) {
        for (int node = 0; node < g->nodes; node++) {
            if (g->pre[(size_t)t * (size_t)g->nodes + (size_t)node] < 0)
                continue;
            path at = {.t = t, .x = node % 2, .k = node / 2 % g->K};
            at.z = node / (2 * g->K) % g->Z;
            at.sub = node / (2 * g->K * g->Z);
            for (at.e = 0; at.e < g->E; at.e++)
                u->pre[1][slot(g, at.sub, at.z, at.k, at.x, at.e)] = count_pre(u, &at);
        }
        double *swap = u->pre[0];
        u->pre[0] = u->pre[1];
        u->pre[1] = swap;
    }
    const path at = start(g);
    return u->pre[0][slot(g, at.sub, at.z, at.k, at.x, at.e)];
}

/* ---- building -------------------------------------------------------------------------------- */

static ful_status unfold(const unfolding *u, const path *at);

static double discount(const ful_bargain *g, int i, int t)
{
    return pow(g->d[i], t);
}

static ful_status terminal(const unfolding *u, const char *name, const path *at, int t,
                           const double *more)
{
    double payoff[FUL_PLAYERS];
    for (int i = 0; i < FUL_PLAYERS; i++)
        payoff[i] = (at->sum[i] + discount(u->g, i, t) * more[i]) / u->g->stake[i];
    return ful_tree_terminal(u->builder, name, payoff, u->err);
}

/* S's last move. */
static ful_status unfold_collapse(const unfolding *u, const path *at)
{
    static const char *const move[] = {"keep south", "go north"};
    const ful_bargain *g = u->g;
    const int pledge = at->x && g->terms[at->t].troops;
    char name[LABEL];
    label(name, u, at, "S collapsed");
    ful_status status =
        ful_tree_decision_scaled(u->builder, name, FUL_S, 2, move, NULL,
                                 1 / discount(g, FUL_S, at->t + 1), u->err);
    for (int north = 0; north < 2 && !status; north++) {
        double more[FUL_PLAYERS];
        ful__last_payoff(more, g, at->z, pledge, north);
        status = terminal(u, "collapsed", at, at->t + 1, more);
    }
    return status;
}

static ful_status unfold_chance(const unfolding *u, const path *at, int next)
{
    branch to[MAX_BRANCHES];
    const char *move[MAX_BRANCHES];
    double chance[MAX_BRANCHES];
    char name[LABEL];
    ful_status status = FUL_OK;
    const int n = branches(to, u->g, at, next);
    for (int b = 0; b < n; b++) {
        move[b] = to[b].name;
        chance[b] = to[b].chance;
    }
    if (n > 1) {
        label(name, u, at, "chance");
        status = ful_tree_chance(u->builder, name, n, move, chance, u->err);
    }
    for (int b = 0; b < n && !status; b++) {
        path below = *at;
        below.t++;
        below.sub = to[b].sub;
        below.z = to[b].z;
        below.k = to[b].k;
        below.x = to[b].x;
        status = unfold(u, &below);
    }
    return status;
}

static ful_status unfold_target(const unfolding *u, const path *at)
{
    ful__target_move move[3];
    const char *names[3];
    double weight[3];
    char name[LABEL];
    ful_status status = FUL_OK;
    const int n = ful__target_menu(move, u->g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++) {
        names[a] = move[a].name;
        weight[a] = move[a].weight;
    }
    if (n > 1) {
        label(name, u, at, "T");
        status = ful_tree_decision_scaled(u->builder, name, FUL_T, n, names, weight,
                                          1 / discount(u->g, FUL_T, at->t), u->err);
    }
    for (int a = 0; a < n && !status; a++) {
        path below = *at;
        below.sum[FUL_T] += discount(u->g, FUL_T, at->t) * move[a].lump;
        status = unfold_chance(u, &below, move[a].next);
    }
    return status;
}

/* A period's payoffs, then collapse or T's move. */
static ful_status unfold_period(const unfolding *u, const path *from)
{
    static const char *const move[] = {"collapse", "survive"};
    const ful_bargain *g = u->g;
    const double h =
        ful__hazards(g, from->t, from->x, from->z, g->sub[from->sub].relief, from->k)[from->e];
    const double chance[] = {h, 1 - h};
    double flow[FUL_PLAYERS];
    char name[LABEL];
    path at = *from;
    ful_status status = FUL_OK;
    ful__flows(flow, g, at.t, at.sub, at.k, at.x, at.e);
    for (int i = 0; i < FUL_PLAYERS; i++)
        at.sum[i] += discount(g, i, at.t) * flow[i] * g->dt;
    if (h > 0 && h < 1) {
        label(name, u, &at, "hazard");
        status = ful_tree_chance(u->builder, name, 2, move, chance, u->err);
    }
    if (h > 0 && !status)
        status = unfold_collapse(u, &at);
    if (h < 1 && !status)
        status = unfold_target(u, &at);
    return status;
}

/* Names a level by its index in every group. */
static void name_level(char *out, size_t size, const ful_bargain *g, int e)
{
    size_t used = 0;
    for (int group = 0; group < g->G; group++, e /= g->L)
        used += (size_t)snprintf(out + used, size - used, group ? ",%d" : "%d", e % g->L);
}

static ful_status unfold_enforcer(const unfolding *u, const path *from)
{
    const ful_bargain *g = u->g;
    int *window = u->window + (size_t)from->t * (size_t)g->E;
    const int n = levels(window, u, from);
    char name[LABEL];
    ful_status status = FUL_OK;
    for (int l = 0; l < n && n > 1; l++) {
        name_level(u->text + (size_t)l * LEVEL_NAME, LEVEL_NAME, g, window[l]);
        u->name[l] = u->text + (size_t)l * LEVEL_NAME;
        u->weight[l] = g->weight[window[l]];
    }
    if (n > 1) {
        label(name, u, from, "E");
        status = ful_tree_decision_scaled(u->builder, name, FUL_E, n, u->name, u->weight,
                                          1 / discount(g, FUL_E, from->t), u->err);
    }
    for (int l = 0; l < n && !status; l++) {
        path at = *from;
        at.e = window[l];
        status = unfold_period(u, &at);
    }
    return status;
}

static ful_status unfold_horizon(const unfolding *u, const path *at)
{
    const ful_bargain *g = u->g;
    double collapsed[FUL_PLAYERS], value[FUL_PLAYERS];
    ful__collapse_values(collapsed, g, at->z, at->x && g->terms[g->H].troops, u->lambda_S);
    ful__horizon_values(value, g, at->sub, at->z, at->k, at->x, at->e, collapsed);
    return terminal(u, stage_name[g->sub[at->sub].stage], at, at->t, value);
}

static ful_status unfold(const unfolding *u, const path *from)
{
    const ful_bargain *g = u->g;
    ful__sender_move move[4];
    const char *names[4];
    char name[LABEL];
    ful_status status = FUL_OK;
    if (from->t == g->H)
        return unfold_horizon(u, from);
    const int n = ful__sender_menu(move, g, from->t, from->sub, from->x);
    for (int a = 0; a < n; a++)
        names[a] = move[a].name;
    if (n > 1) {
        label(name, u, from, "S");
        status = ful_tree_decision_scaled(u->builder, name, FUL_S, n, names, NULL,
                                          1 / discount(g, FUL_S, from->t), u->err);
    }
    for (int a = 0; a < n && !status; a++) {
        path at = *from;
        at.sub = move[a].sub;
        at.x = move[a].x;
        if (move[a].withdraws)
            at.sum[FUL_S] -= discount(g, FUL_S, at.t) *
                             ful__withdrawal_cost(g, at.t, from->sub, at.e);
        status = unfold_enforcer(u, &at);
    }
    return status;
}

static ful_status build(ful_tree **out, unfolding *u, int max_nodes, const ful_allocator *allocator)
{
    static const char *const player[] = {"S", "E", "T"};
    const ful_bargain *g = u->g;
    const double nodes = count_nodes(u);
    if (nodes > max_nodes)
        return ful_fail(u->err, FUL_ERR_DATA,
                        "the game unfolds into %.4g nodes, more than the %d allowed: shorten the "
                        "horizon or use fewer groups and levels",
                        nodes, max_nodes);
    ful_status status = ful_tree_builder_new(
        &u->builder, "sanctions game, payoffs in stakes, relative to the status quo", FUL_PLAYERS,
        player, allocator, u->err);
    const path at = start(g);
    if (!status)
        status = unfold(u, &at);
    if (!status)
        status = ful_tree_new(out, u->builder, allocator, u->err);
    ful_tree_builder_free(u->builder);
    return status;
}

ful_status ful_bargain_tree(ful_tree **out, const ful_bargain *game, int max_nodes,
                            const ful_allocator *allocator, ful_error *err)
{
    const ful_bargain *g = game;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    unfolding u = {.g = g, .err = err};
    ful_arena *arena;
    *out = NULL;
    ful_status status = ful_arena_new(&arena, source, err);
    if (status)
        return status;
    const size_t E = (size_t)g->E, nodes = (size_t)g->nodes * E;
    u.lambda_S = isinf(g->p.lambda) ? INFINITY : g->p.lambda / g->stake[FUL_S];
    u.pre[0] = ful_arena_take(arena, nodes, sizeof(double));
    u.pre[1] = ful_arena_take(arena, nodes, sizeof(double));
    u.window = ful_arena_take(arena, (size_t)g->H * E, sizeof(int));
    u.text = ful_arena_take(arena, E, LEVEL_NAME);
    u.name = ful_arena_take(arena, E, sizeof(char *));
    u.weight = ful_arena_take(arena, E, sizeof(double));
    if (u.pre[0] && u.pre[1] && u.window && u.text && u.name && u.weight)
        status = build(out, &u, max_nodes, allocator);
    else
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for unfolding a game");
    ful_arena_free(arena);
    return status;
}
