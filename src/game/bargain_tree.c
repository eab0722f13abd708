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

/* Where a path is: a node, the joint level last enforced, and payoffs so far, discounted to the
 * start. */
typedef struct path {
    ful__at at;
    int e;
    double sum[FUL_BARGAIN_MAX_PLAYERS];
} path;

typedef struct branch {
    char name[48];
    double chance;
    ful__at to;
} branch;

typedef struct unfolding {
    const ful_bargain *g;
    ful_tree_builder *builder;
    ful_error *err;
    double *pre[2]; /* nodes below each (node, e), next period and this one */
    double lambda_S;
    int *window; /* a row for each enforcer of every period: a menu must outlast what unfolds
                    below it */
    char *text;  /* names of the levels of the menu being written, their addresses, weights */
    const char **name;
    double *weight;
} unfolding;

static const char *const stage_name[] = {"armed", "frozen", "dismantling", "dismantled",
                                         "restarted"};
static const char *const player_name[FUL_BARGAIN_MAX_PLAYERS] = {"S", "T", "E", "E2", "E3"};

static void label(char out[LABEL], const unfolding *u, const path *from, const char *who)
{
    const ful__at *at = &from->at;
    const ful__sub *s = u->g->sub + at->sub;
    char step[16] = "";
    if (s->stage == FUL_STAGE_DISMANTLING || s->stage == FUL_STAGE_DISMANTLED)
        snprintf(step, sizeof step, " %d", s->step);
    snprintf(out, LABEL, "%s t%d %s%s%s%s%s z%d k%d c%d e%d", who, at->t, stage_name[s->stage],
             step, s->hidden ? " hidden" : "", s->settled ? " settled" : "",
             at->x ? " package" : "", at->z, at->k, at->c, from->e);
}

/* "hidden, stress rises, trade adapts", as far as it applies; else that nothing moves. */
static void name_branch(branch *b, const char *restart, int dz, int dk)
{
    const char *const word[] = {restart,
                                dz < 0   ? "stress falls"
                                : dz > 0 ? "stress rises"
                                         : NULL,
                                dk ? "trade adapts" : NULL};
    size_t used = 0;
    snprintf(b->name, sizeof b->name, "nothing moves");
    for (size_t k = 0; k < sizeof word / sizeof *word; k++)
        if (word[k])
            used += (size_t)snprintf(b->name + used, sizeof b->name - used, "%s%s",
                                     used ? ", " : "", word[k]);
}

/* What chance may do after T's move: detection, stress, adaptation. */
static int branches(branch out[MAX_BRANCHES], const ful_bargain *g, const path *from, int next)
{
    const ful__at *at = &from->at;
    const int economy = ful__economy(g, at->t, g->sub[at->sub].relief, at->k);
    const int now = ful__half_year_ends(g, at->t);
    const double up = now && at->z + 1 < g->Z ? ROW(g->rise, economy)[from->e] : 0;
    const double down = now && at->z > 0 ? ROW(g->fall, economy)[from->e] : 0;
    const double more = now && at->k + 1 < g->K ? g->adapts[from->e] : 0;
    const double stress[] = {down, 1 - up - down, up}, steps[] = {1 - more, more};
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
                b->to = (ful__at){.t = (short)(at->t + 1),
                                  .sub = (short)ful__arrive(g, at->t + 1, sub),
                                  .z = (short)(at->z + dz),
                                  .k = (short)(at->k + dk),
                                  .c = (short)ful__capability(g, at->t, at->sub, at->c),
                                  .x = (short)ful__stands(g, at->t + 1, at->x)};
                name_branch(b, next != RESTARTING ? NULL : found ? "detected" : "hidden", dz, dk);
            }
    return n;
}

/* The joint levels to which the enforcer whose turn it is can go. */
static int levels(int *window, const unfolding *u, const path *from, int turn)
{
    const ful_bargain *g = u->g;
    const int inside = turn < FUL_BARGAIN_MAX_ENFORCERS; /* a bound that compilers look for */
    if (inside && ful__enforcers_move(g, from->at.t, from->at.sub))
        return ful__window(window, g, g->order[turn], from->e, ful__reach(g, from->at.sub));
    window[0] = from->e;
    return 1;
}

static int *window_of(const unfolding *u, const path *from, int turn)
{
    const size_t row = (size_t)(from->at.t * u->g->enforcers + turn);
    return u->window + row * (size_t)u->g->E;
}

static double hazard_of(const ful_bargain *g, const path *from)
{
    const ful__at *at = &from->at;
    return ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k)[from->e];
}

/* ---- counting -------------------------------------------------------------------------------- */

static double *below(const unfolding *u, int which, const ful__at *at, int e)
{
    const ful_bargain *g = u->g;
    const int node = ful__node(g, at->sub, at->z, at->k, at->c, at->x);
    return u->pre[which] + (size_t)node * (size_t)g->E + (size_t)e;
}

static double count_target(const unfolding *u, const path *from)
{
    const ful_bargain *g = u->g;
    ful__target_move move[3];
    branch to[MAX_BRANCHES];
    const double h = hazard_of(g, from);
    double nodes = h > 0 && h < 1 ? 1 : 0;
    if (h > 0)
        nodes += 3;
    if (h >= 1)
        return nodes;
    const int n = ful__target_menu(move, g, from->at.t, from->at.sub, from->at.x);
    nodes += n > 1;
    for (int a = 0; a < n; a++) {
        const int count = branches(to, g, from, move[a].next);
        nodes += count > 1;
        for (int b = 0; b < count; b++)
            nodes += *below(u, 0, &to[b].to, from->e);
    }
    return nodes;
}

static double count_enforcers(const unfolding *u, const path *from, int turn)
{
    if (turn == u->g->movers)
        return count_target(u, from);
    int *window = window_of(u, from, turn);
    const int count = levels(window, u, from, turn);
    double nodes = count > 1;
    for (int l = 0; l < count; l++) {
        path at = *from;
        at.e = window[l];
        nodes += count_enforcers(u, &at, turn + 1);
    }
    return nodes;
}

static double count_sender(const unfolding *u, const path *from)
{
    ful__sender_move move[4];
    const int n = ful__sender_menu(move, u->g, from->at.t, from->at.sub, from->at.x);
    double nodes = n > 1;
    for (int a = 0; a < n; a++) {
        path at = *from;
        at.at.sub = (short)move[a].sub;
        at.at.x = (short)move[a].x;
        nodes += count_enforcers(u, &at, 0);
    }
    return nodes;
}

static double count_pre(const unfolding *u, const path *from)
{
    if (from->at.t == u->g->H)
        return 1;
    if (!ful__may_fall(u->g, &from->at))
        return count_sender(u, from);
    path fallen = *from;
    fallen.at.x = 0;
    return 1 + count_sender(u, from) + count_sender(u, &fallen);
}

static path start(const ful_bargain *g)
{
    return (path){.at = {.sub = (short)g->start_sub,
                         .z = (short)g->start_z,
                         .k = (short)g->start_k,
                         .c = (short)g->start_c,
                         .x = (short)ful__stands(g, 0, 1)},
                  .e = g->start_e};
}

static void count_period(unfolding *u, int t, int x)
{
    const ful_bargain *g = u->g;
    const int end = g->first_pre[ful__block(g, x, t + 1, 0, 0)];
    for (int n = g->first_pre[ful__block(g, x, t, 0, 0)]; n < end; n++)
        for (int e = 0; e < g->E; e++) {
            const path from = {.at = g->pre[n], .e = e};
            *below(u, 1, &from.at, e) = count_pre(u, &from);
        }
}

static double count_nodes(unfolding *u)
{
    const ful_bargain *g = u->g;
    for (int t = g->H; t >= 0; t--) {
        for (int x = 0; x < 2; x++)
            count_period(u, t, x);
        double *swap = u->pre[0];
        u->pre[0] = u->pre[1];
        u->pre[1] = swap;
    }
    const path from = start(g);
    return *below(u, 0, &from.at, from.e);
}

/* ---- building -------------------------------------------------------------------------------- */

static ful_status unfold(const unfolding *u, const path *at);

static double discount(const ful_bargain *g, int i, int t)
{
    return pow(g->d[i], t);
}

static ful_status decide(const unfolding *u, const path *from, const char *who, int player, int t,
                         int n, const char *const *move, const double *weight)
{
    char name[LABEL];
    label(name, u, from, who);
    return ful_tree_decision_scaled(u->builder, name, player, n, move, weight,
                                    1 / discount(u->g, player, t), u->err);
}

static ful_status draw(const unfolding *u, const path *from, const char *what, int n,
                       const char *const *move, const double *chance)
{
    char name[LABEL];
    label(name, u, from, what);
    return ful_tree_chance(u->builder, name, n, move, chance, u->err);
}

static ful_status terminal(const unfolding *u, const char *name, const path *at, int t,
                           const double *more)
{
    double payoff[FUL_BARGAIN_MAX_PLAYERS];
    for (int i = 0; i < u->g->players; i++)
        payoff[i] = (at->sum[i] + discount(u->g, i, t) * more[i]) / u->g->stake[i];
    return ful_tree_terminal(u->builder, name, payoff, u->err);
}

/* S's last move. */
static ful_status unfold_collapse(const unfolding *u, const path *from)
{
    static const char *const move[] = {"keep south", "go north"};
    const ful_bargain *g = u->g;
    const int t = from->at.t, pledge = ful__era_of(g, t, from->at.x)->pledge;
    ful_status status = decide(u, from, "S collapsed", FUL_S, t + 1, 2, move, NULL);
    for (int north = 0; north < 2 && !status; north++) {
        double more[FUL_BARGAIN_MAX_PLAYERS];
        for (int i = 0; i < g->players; i++)
            more[i] = ful__last_payoff(g, i, from->at.z, pledge, north);
        status = terminal(u, "collapsed", from, t + 1, more);
    }
    return status;
}

static ful_status unfold_chance(const unfolding *u, const path *from, int next)
{
    branch to[MAX_BRANCHES];
    const char *move[MAX_BRANCHES];
    double chance[MAX_BRANCHES];
    ful_status status = FUL_OK;
    const int n = branches(to, u->g, from, next);
    for (int b = 0; b < n; b++) {
        move[b] = to[b].name;
        chance[b] = to[b].chance;
    }
    if (n > 1)
        status = draw(u, from, "chance", n, move, chance);
    for (int b = 0; b < n && !status; b++) {
        path at = *from;
        at.at = to[b].to;
        status = unfold(u, &at);
    }
    return status;
}

static void pay_lump(const ful_bargain *g, path *at, int lump)
{
    for (int i = 0; i < g->players && lump != FUL__NO_LUMP; i++)
        at->sum[i] += discount(g, i, at->at.t) * g->lump[lump][i];
}

static ful_status unfold_target(const unfolding *u, const path *from)
{
    ful__target_move move[3];
    const char *names[3];
    double weight[3];
    ful_status status = FUL_OK;
    const int n = ful__target_menu(move, u->g, from->at.t, from->at.sub, from->at.x);
    for (int a = 0; a < n; a++) {
        names[a] = move[a].name;
        weight[a] = move[a].weight;
    }
    if (n > 1)
        status = decide(u, from, "T", FUL_T, from->at.t, n, names, weight);
    for (int a = 0; a < n && !status; a++) {
        path at = *from;
        pay_lump(u->g, &at, move[a].lump);
        status = unfold_chance(u, &at, move[a].next);
    }
    return status;
}

/* A period's payoffs, then collapse or T's move. */
static ful_status unfold_period(const unfolding *u, const path *from)
{
    static const char *const move[] = {"collapse", "survive"};
    const ful_bargain *g = u->g;
    const double h = hazard_of(g, from), chance[] = {h, 1 - h};
    double flow[FUL_BARGAIN_MAX_PLAYERS];
    path at = *from;
    ful_status status = FUL_OK;
    ful__flows(flow, g, &at.at, at.e);
    for (int i = 0; i < g->players; i++)
        at.sum[i] += discount(g, i, at.at.t) * flow[i] * g->dt;
    if (h > 0 && h < 1)
        status = draw(u, &at, "hazard", 2, move, chance);
    if (h > 0 && !status)
        status = unfold_collapse(u, &at);
    if (h < 1 && !status)
        status = unfold_target(u, &at);
    return status;
}

/* Names a level by its index in every group of an enforcer. */
static void name_level(char *out, size_t size, const ful_bargain *g, int enforcer, int e)
{
    size_t used = 0;
    for (int group = 0; group < g->G; group++)
        if (g->owner[group] == enforcer)
            used += (size_t)snprintf(out + used, size - used, used ? ",%d" : "%d",
                                     e / g->stride[group] % g->levels[group]);
}

static ful_status unfold_enforcers(const unfolding *u, const path *from, int turn)
{
    const ful_bargain *g = u->g;
    if (turn == g->movers)
        return unfold_period(u, from);
    const int enforcer = g->order[turn], player = FUL_E + enforcer;
    int *window = window_of(u, from, turn);
    const int n = levels(window, u, from, turn);
    ful_status status = FUL_OK;
    for (int l = 0; l < n && n > 1; l++) {
        name_level(u->text + (size_t)l * LEVEL_NAME, LEVEL_NAME, g, enforcer, window[l]);
        u->name[l] = u->text + (size_t)l * LEVEL_NAME;
        u->weight[l] = g->enforcer[enforcer].weight[window[l]];
    }
    if (n > 1)
        status = decide(u, from, player_name[player], player, from->at.t, n, u->name, u->weight);
    for (int l = 0; l < n && !status; l++) {
        path at = *from;
        at.e = window[l];
        status = unfold_enforcers(u, &at, turn + 1);
    }
    return status;
}

/* The last state goes on for ever, but for collapse. */
static ful_status unfold_horizon(const unfolding *u, const path *from)
{
    const ful_bargain *g = u->g;
    double collapsed[MAX_ROWS], value[FUL_BARGAIN_MAX_PLAYERS];
    path as = *from;
    as.at.sub = (short)ful__valued_as(g, from->at.sub);
    const double h = hazard_of(g, &as);
    ful__collapse_values(collapsed, g, g->players, as.at.z, ful__era_of(g, g->H, as.at.x)->pledge,
                         u->lambda_S);
    ful__flows(value, g, &as.at, as.e);
    for (int i = 0; i < g->players; i++)
        value[i] = (value[i] * g->dt + g->d[i] * h * collapsed[i]) / (1 - g->d[i] * (1 - h));
    return terminal(u, stage_name[g->sub[from->at.sub].stage], from, g->H, value);
}

static ful_status unfold_sender(const unfolding *u, const path *from)
{
    const ful_bargain *g = u->g;
    const int t = from->at.t, sub = from->at.sub;
    const int breach = g->sub[sub].stage == FUL_STAGE_RESTARTED;
    ful__sender_move move[4];
    const char *names[4];
    ful_status status = FUL_OK;
    const int n = ful__sender_menu(move, g, t, sub, from->at.x);
    for (int a = 0; a < n; a++)
        names[a] = move[a].name;
    if (n > 1)
        status = decide(u, from, "S", FUL_S, t, n, names, NULL);
    for (int a = 0; a < n && !status; a++) {
        path at = *from;
        at.at.sub = (short)move[a].sub;
        at.at.x = (short)move[a].x;
        pay_lump(g, &at, move[a].lump);
        if (move[a].withdraws && !breach)
            at.sum[FUL_S] -= discount(g, FUL_S, t) * ROW(g->withdrawal, g->era_of[1][t])[at.e];
        status = unfold_enforcers(u, &at, 0);
    }
    return status;
}

static ful_status unfold(const unfolding *u, const path *from)
{
    static const char *const move[] = {"a new administration withdraws", "the package stands"};
    const ful_bargain *g = u->g;
    const double chance[] = {g->turnover, 1 - g->turnover};
    if (from->at.t == g->H)
        return unfold_horizon(u, from);
    if (!ful__may_fall(g, &from->at))
        return unfold_sender(u, from);
    path fallen = *from;
    fallen.at.x = 0;
    ful_status status = draw(u, from, "turnover", 2, move, chance);
    if (!status)
        status = unfold_sender(u, &fallen);
    return status ? status : unfold_sender(u, from);
}

static ful_status build(ful_tree **out, unfolding *u, int max_nodes, const ful_allocator *allocator)
{
    const ful_bargain *g = u->g;
    const double nodes = count_nodes(u);
    if (nodes > max_nodes)
        return ful_fail(u->err, FUL_ERR_DATA,
                        "the game unfolds into %.4g nodes, more than the %d allowed: shorten the "
                        "horizon or use fewer groups and levels",
                        nodes, max_nodes);
    ful_status status = ful_tree_builder_new(
        &u->builder, "sanctions game, payoffs in stakes, relative to the status quo", g->players,
        player_name, allocator, u->err);
    const path from = start(g);
    if (!status)
        status = unfold(u, &from);
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
    if (g->simultaneous && g->movers > 1)
        return ful_fail(err, FUL_ERR_DATA,
                        "enforcers who move at once do not unfold into a tree of perfect "
                        "information: let them move in order");
    ful_status status = ful_arena_new(&arena, source, err);
    if (status)
        return status;
    const size_t E = (size_t)g->E, nodes = (size_t)g->nodes * E;
    u.lambda_S = isinf(g->precision[FUL_S]) ? INFINITY : g->precision[FUL_S] / g->stake[FUL_S];
    u.pre[0] = ful_arena_take(arena, nodes, sizeof(double));
    u.pre[1] = ful_arena_take(arena, nodes, sizeof(double));
    u.window = ful_arena_take(arena, (size_t)((g->H + 1) * g->enforcers) * E, sizeof(int));
    u.text = ful_arena_take(arena, E, LEVEL_NAME);
    u.name = ful_arena_take(arena, E, sizeof(char *));
    u.weight = ful_arena_take(arena, E, sizeof(double));
    if (u.pre[0] && u.pre[1] && u.window && u.text && u.name && u.weight)
        status = build(out, &u, max_nodes, allocator);
    else
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for a tree");
    ful_arena_free(arena);
    return status;
}
