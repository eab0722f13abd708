/* SPDX-License-Identifier: MIT */
/*
 * Why: the choice nodes that play comes to, and what drives the choice at each. The solver carries
 * the parts of every payoff in rows of their own; here they are read off as a choice is made.
 */
#include "game/bargain_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- places ---------------------------------------------------------------------------------- */

/* The places most often reached: a heap with the least reached on top. */
typedef struct visits {
    ful_bargain_place *place;
    int count, most, player;
    int total; /* those left out as well */
    double least;
} visits;

static void sift_down(ful_bargain_place *heap, int count)
{
    for (int at = 0, child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && heap[child + 1].reach < heap[child].reach)
            child++;
        if (heap[at].reach <= heap[child].reach)
            return;
        const ful_bargain_place swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
    }
}

static void sift_up(ful_bargain_place *heap, int at)
{
    for (; at > 0 && heap[at].reach < heap[(at - 1) / 2].reach; at = (at - 1) / 2) {
        const ful_bargain_place swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
    }
}

static void keep(visits *v, const ful_bargain_place *place)
{
    if (v->count < v->most) {
        v->place[v->count] = *place;
        sift_up(v->place, v->count++);
    } else if (place->reach > v->place[0].reach) {
        v->place[0] = *place;
        sift_down(v->place, v->count);
    }
}

/* Moves that a player has at a node. */
static int moves_at(const ful_bargain *g, const ful__at *at, int player)
{
    ful__sender_move sender[4];
    ful__target_move target[3];
    if (player == FUL_S)
        return ful__sender_menu(sender, g, at->t, at->sub, at->x);
    if (player == FUL_T)
        return ful__target_menu(target, g, at->t, at->sub, at->x);
    return ful__enforcers_move(g, at->t, at->sub) && ful__has_choice(g, player - FUL_E) ? 2 : 1;
}

static ful_bargain_place place_of(const ful_bargain *g, const ful__at *at, int player)
{
    const ful__sub *s = g->sub + at->sub;
    return (ful_bargain_place){.period = at->t,
                               .player = player,
                               .stage = s->stage,
                               .step = s->step,
                               .hidden = s->hidden,
                               .relief = s->relief,
                               .stress = at->z,
                               .adaptation = at->k,
                               .capability = at->c,
                               .package = at->x};
}

static void visit(void *user, const ful_bargain *g, const ful__at *at, ful__moment moment,
                  int enforcer, const ful__real *mass)
{
    visits *v = user;
    const int player = moment == FUL__AT_SENDER   ? FUL_S
                       : moment == FUL__AT_TARGET ? FUL_T
                                                  : FUL_E + enforcer;
    if (at->t == g->H || (v->player >= 0 && v->player != player) || moves_at(g, at, player) < 2)
        return;
    ful_bargain_place place = place_of(g, at, player);
    const double *hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k);
    for (int e = 0; e < g->E; e++) {
        place.joint = e;
        place.reach = player == FUL_T ? (1 - hazard[e]) * mass[e] : mass[e];
        if (place.reach <= v->least)
            continue;
        v->total++;
        keep(v, &place);
    }
}

/* By period, then by falling reach, then by anything that tells two places apart. */
static int by_period(const void *left, const void *right)
{
    const ful_bargain_place *a = left, *b = right;
    const int x[] = {a->player, (int)a->stage, a->step,       a->hidden,  a->relief,
                     a->stress, a->adaptation, a->capability, a->package, a->joint};
    const int y[] = {b->player, (int)b->stage, b->step,       b->hidden,  b->relief,
                     b->stress, b->adaptation, b->capability, b->package, b->joint};
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->reach != b->reach)
        return a->reach > b->reach ? -1 : 1;
    for (size_t k = 0; k < sizeof x / sizeof *x; k++)
        if (x[k] != y[k])
            return x[k] < y[k] ? -1 : 1;
    return 0;
}

int ful_bargain_places(ful_bargain_place *out, int most, const ful_bargain *game,
                       ful_bargain_work *work, int player, double least)
{
    visits v = {.place = out, .most = most, .player = player, .least = least};
    ful__bargain_trace(game, work, visit, &v);
    qsort(out, (size_t)v.count, sizeof *out, by_period);
    return v.total;
}

/* ---- explanations ---------------------------------------------------------------------------- */

struct ful_bargain_explanation {
    ful_arena *arena;
    int count, rows;
    ful_bargain_choice *choice;
    ful_status status; /* of the witness */
    ful_error *err;
};

/* The sub of a place, or -1. */
static int sub_of(const ful_bargain *g, const ful_bargain_place *p)
{
    for (int s = 0; s < g->subs; s++)
        if (g->sub[s].stage == p->stage && g->sub[s].step == p->step &&
            g->sub[s].hidden == (p->hidden != 0) && g->sub[s].relief == p->relief)
            return s;
    return -1;
}

static int is_here(const ful_bargain *g, const ful_bargain_place *p, const ful__at *at, int player)
{
    return p->player == player && p->period == at->t && sub_of(g, p) == at->sub &&
           p->stress == at->z && p->adaptation == at->k && p->capability == at->c &&
           (p->package != 0) == at->x;
}

/* A choice being read off. */
typedef struct reading {
    const ful_bargain *g;
    const ful_bargain_work *w;
    int player, moves, rows;
    double *weight, *probability, *utility, *part;
    int *joint;
    const char **name;
} reading;

static ful_status make_room(reading *r, ful_bargain_explanation *x)
{
    const size_t n = (size_t)r->moves;
    r->weight = ful_arena_take(x->arena, n, sizeof(double));
    r->probability = ful_arena_take(x->arena, n, sizeof(double));
    r->utility = ful_arena_take(x->arena, n, sizeof(double));
    r->part = ful_arena_take(x->arena, n * (size_t)r->rows, sizeof(double));
    r->joint = ful_arena_take(x->arena, n, sizeof(int));
    r->name = ful_arena_take(x->arena, n, sizeof(char *));
    if (r->weight && r->probability && r->utility && r->part && r->joint && r->name)
        return FUL_OK;
    return ful_fail(x->err, FUL_ERR_MEMORY, "out of memory for an explanation");
}

/* What follows a move, from its rows at level e, and the lump paid with it. */
static void read_move(reading *r, int a, const ful__real *rows, int e, int lump)
{
    const ful_bargain *g = r->g;
    double *part = r->part + (size_t)a * (size_t)r->rows;
    r->utility[a] = ROW(rows, r->player)[e];
    if (lump != FUL__NO_LUMP)
        r->utility[a] += g->lump[lump][r->player];
    for (int k = 0; k < r->rows; k++) {
        if (g->part[k].player != r->player)
            continue;
        part[k] = ROW(rows, g->players + k)[e];
        if (lump != FUL__NO_LUMP)
            part[k] += g->lump[lump][g->players + k];
    }
}

static void read_sender(reading *r, const ful__at *at, int e, const ful__real *const *rows)
{
    const ful_bargain *g = r->g;
    ful__sender_move move[4];
    ful__sender_menu(move, g, at->t, at->sub, at->x);
    const double cost = g->sub[at->sub].stage == FUL_STAGE_RESTARTED
                            ? 0 /* T's breach is reason enough */
                            : ROW(g->withdrawal, g->era_of[1][at->t])[e];
    for (int a = 0; a < r->moves; a++) {
        r->name[a] = move[a].name;
        r->weight[a] = 1;
        read_move(r, a, rows[a], e, move[a].lump);
        if (!move[a].withdraws)
            continue;
        r->utility[a] -= cost;
        r->part[(size_t)a * (size_t)r->rows + (size_t)r->rows - 1] -= cost; /* the last part */
    }
}

static void read_target(reading *r, const ful__at *at, int e, const ful__real *const *rows)
{
    ful__target_move move[3];
    ful__target_menu(move, r->g, at->t, at->sub, at->x);
    for (int a = 0; a < r->moves; a++) {
        r->name[a] = move[a].name;
        r->weight[a] = move[a].weight;
        read_move(r, a, rows[a], e, move[a].lump);
    }
}

static void read_enforcer(reading *r, const ful__real *rows)
{
    for (int a = 0; a < r->moves; a++) {
        r->weight[a] = r->g->enforcer[r->player - FUL_E].weight[r->joint[a]];
        read_move(r, a, rows, r->joint[a], FUL__NO_LUMP);
    }
}

static ful_status explain(ful_bargain_explanation *x, ful_bargain_choice *choice,
                          const ful_bargain *g, const ful_bargain_work *w, const ful__at *at,
                          int moves, const ful__real *const *move)
{
    const ful_bargain_place *place = &choice->place;
    const int e = place->joint;
    reading r = {.g = g, .w = w, .player = place->player, .moves = moves, .rows = g->parts};
    int to[FUL_BARGAIN_MAX_JOINT];
    if (r.player >= FUL_E)
        r.moves = ful__window(to, g, r.player - FUL_E, e, ful__reach(g, at->sub));
    if (make_room(&r, x) != FUL_OK)
        return FUL_ERR_MEMORY;
    if (r.player == FUL_S)
        read_sender(&r, at, e, move);
    else if (r.player == FUL_T)
        read_target(&r, at, e, move);
    else {
        memcpy(r.joint, to, (size_t)r.moves * sizeof *to);
        read_enforcer(&r, move[0]);
    }
    ful__logit(r.probability, r.moves, r.weight, r.utility, w->lambda[r.player]);
    choice->moves = r.moves;
    choice->rows = g->parts;
    choice->name = r.player < FUL_E ? r.name : NULL;
    choice->joint = r.player < FUL_E ? NULL : r.joint;
    choice->probability = r.probability;
    choice->utility = r.utility;
    choice->part = r.part;
    return FUL_OK;
}

static void witness(void *user, const ful_bargain *g, const ful_bargain_work *w, const ful__at *at,
                    int player, int moves, const ful__real *const *move)
{
    ful_bargain_explanation *x = user;
    for (int k = 0; k < x->count && !x->status; k++)
        if (is_here(g, &x->choice[k].place, at, player))
            x->status = explain(x, x->choice + k, g, w, at, moves, move);
}

/* Names outlive the game that they explain. */
static const char *const *copy_names(ful_bargain_explanation *x, const ful_bargain *g)
{
    const char **name = ful_arena_take(x->arena, (size_t)g->parts, sizeof *name);
    for (int k = 0; k < g->parts && name; k++) {
        const size_t size = strlen(g->part_name[k]) + 1;
        char *text = ful_arena_take(x->arena, size, 1);
        if (!text)
            return NULL;
        name[k] = memcpy(text, g->part_name[k], size);
    }
    return name;
}

static ful_status check_place(const ful_bargain *g, const ful_bargain_place *p, ful_error *err)
{
    const int inside = p->period >= 0 && p->period < g->H && p->player >= 0 &&
                       p->player < g->players && p->joint >= 0 && p->joint < g->E &&
                       p->stress >= 0 && p->stress < g->Z && p->adaptation >= 0 &&
                       p->adaptation < g->K && p->capability >= 0 && p->capability < g->C;
    const int sub = inside ? sub_of(g, p) : -1;
    ful__at at = {.t = (short)p->period, .sub = (short)sub, .x = p->package != 0};
    int number = -1;
    if (sub >= 0) {
        const int x = p->package != 0, before = p->player == FUL_S;
        number = (before ? ful__pre : ful__post)(g, p->period, sub, p->stress, p->adaptation,
                                                 p->capability, x);
    }
    if (number < 0 || moves_at(g, &at, p->player) < 2)
        return ful_fail(err, FUL_ERR_ARGUMENT, "player %d has no choice at this place in period %d",
                        p->player, p->period);
    if (g->simultaneous && g->movers > 1 && p->player >= FUL_E)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "enforcers who move at once are not explained one by one");
    return FUL_OK;
}

static ful_status start(ful_bargain_explanation *x, const ful_bargain *g, int count,
                        const ful_bargain_place *place)
{
    x->count = count;
    x->choice = ful_arena_take(x->arena, (size_t)count + 1, sizeof *x->choice);
    const char *const *row = copy_names(x, g);
    if (!x->choice || !row)
        return ful_fail(x->err, FUL_ERR_MEMORY, "out of memory for an explanation");
    for (int k = 0; k < count; k++) {
        const ful_status status = check_place(g, place + k, x->err);
        if (status)
            return status;
        x->choice[k].place = place[k];
        x->choice[k].row = row;
    }
    return FUL_OK;
}

ful_status ful_bargain_explain(ful_bargain_explanation **out, const ful_bargain *game,
                               double lambda_scale, int count, const ful_bargain_place *place,
                               const ful_allocator *allocator, ful_error *err)
{
    ful_arena *arena;
    ful_bargain_work *work = NULL;
    ful_bargain_report report;
    *out = NULL;
    ful_status status = ful_arena_new(&arena, allocator, err);
    if (status)
        return status;
    ful_bargain_explanation *x = ful_arena_take(arena, 1, sizeof *x);
    if (!x) {
        ful_arena_free(arena);
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for an explanation");
    }
    *x = (ful_bargain_explanation){.arena = arena, .err = err};
    status = start(x, game, count, place);
    if (!status)
        status = ful__bargain_work_make(&work, game, 1, allocator, err);
    if (!status) {
        work->witness = witness;
        work->witness_user = x;
        status = ful__bargain_equilibrium(&report, game, work, lambda_scale, err);
    }
    ful__bargain_work_free(work);
    if (!status)
        status = x->status;
    if (status)
        ful_arena_free(arena);
    else
        *out = x;
    return status;
}

void ful_bargain_explanation_choice(ful_bargain_choice *out,
                                    const ful_bargain_explanation *explanation, int k)
{
    *out = explanation->choice[k];
}

void ful_bargain_explanation_free(ful_bargain_explanation *explanation)
{
    if (explanation)
        ful_arena_free(explanation->arena);
}
