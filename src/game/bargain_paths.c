/* SPDX-License-Identifier: MIT */
/*
 * Forward propagation of probability through the equilibrium, exactly: the backward pass turned
 * round. Beside the mass of all paths the masses of paths that have not yet been somewhere are
 * followed; what leaves one of them on the way gives "ever" and "the first time".
 */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "base/lanes.h"

#define LANES 8

/* A walk through the game: what is counted, and who looks on. */
typedef struct walk {
    const ful_bargain *g;
    ful_bargain_work *w;
    ful__totals *out;
    int trembling; /* T moves by its menu weights */
    ful__see *see; /* or NULL */
    void *user;
} walk;

/* ---- arithmetic on rows ---------------------------------------------------------------------- */

FUL_CLONES static void row_add_product(ful__real *restrict out, const ful__real *restrict a,
                                       const ful__real *restrict b, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += a[e] * b[e];
}

FUL_CLONES static void row_add_scaled(ful__real *restrict out, const ful__real *restrict a,
                                      ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] += by * a[e];
}

/* Mass that moves on by two and by three ways. */
FUL_CLONES static void row_move_two(ful__real *restrict out0, ful__real *restrict out1,
                                    const ful__real *restrict p0, const ful__real *restrict p1,
                                    const ful__real *restrict mass, int n)
{
    for (int e = 0; e < n; e++) {
        out0[e] += p0[e] * mass[e];
        out1[e] += p1[e] * mass[e];
    }
}

FUL_CLONES static void row_move_three(ful__real *restrict out0, ful__real *restrict out1,
                                      ful__real *restrict out2, const ful__real *restrict p0,
                                      const ful__real *restrict p1, const ful__real *restrict p2,
                                      const ful__real *restrict mass, int n)
{
    for (int e = 0; e < n; e++) {
        out0[e] += p0[e] * mass[e];
        out1[e] += p1[e] * mass[e];
        out2[e] += p2[e] * mass[e];
    }
}

/* out = by (1 - leaves) stayed, and that with by comes came added */
FUL_CLONES static void row_stay(ful__real *restrict out, const ful__real *restrict stayed,
                                const double *restrict leaves, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * (1 - leaves[e]) * stayed[e];
}

FUL_CLONES static void row_adapt(ful__real *restrict out, const ful__real *restrict stayed,
                                 const double *restrict leaves, const ful__real *restrict came,
                                 const double *restrict comes, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * ((1 - leaves[e]) * stayed[e] + comes[e] * came[e]);
}

FUL_CLONES static void row_come(ful__real *restrict out, const ful__real *restrict came,
                                const double *restrict comes, ful__real by, int n)
{
    for (int e = 0; e < n; e++)
        out[e] = by * comes[e] * came[e];
}

FUL_CLONES static void row_survive(ful__real *restrict out, const ful__real *restrict hazard, int n)
{
    for (int e = 0; e < n; e++)
        out[e] *= 1 - hazard[e];
}

/* The sum of a row and of a product, in lanes that every clone adds up in the same order. */
FUL_CLONES static ful__real row_sum(const ful__real *restrict a, int n)
{
    ful__real s[LANES] = {0};
    int e = 0;
    for (; e + LANES <= n; e += LANES)
        for (int k = 0; k < LANES; k++)
            s[k] += a[e + k];
    for (; e < n; e++)
        s[0] += a[e];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

FUL_CLONES static ful__real row_dot(const ful__real *restrict a, const ful__real *restrict b, int n)
{
    ful__real s[LANES] = {0};
    int e = 0;
    for (; e + LANES <= n; e += LANES)
        for (int k = 0; k < LANES; k++)
            s[k] += a[e + k] * b[e + k];
    for (; e < n; e++)
        s[0] += a[e] * b[e];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

FUL_CLONES static ful__real row_mean(const ful__real *restrict a, const double *restrict b, int n)
{
    ful__real s[LANES] = {0};
    int e = 0;
    for (; e + LANES <= n; e += LANES)
        for (int k = 0; k < LANES; k++)
            s[k] += a[e + k] * b[e + k];
    for (; e < n; e++)
        s[0] += a[e] * b[e];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

static void spread(ful__real *const *out, const ful__real *const *p, int ways,
                   const ful__real *mass, int n)
{
    if (ways == 1)
        row_add_product(out[0], mass, p[0], n);
    else if (ways == 2)
        row_move_two(out[0], out[1], p[0], p[1], mass, n);
    else if (ways == 3)
        row_move_three(out[0], out[1], out[2], p[0], p[1], p[2], mass, n);
}

/* ---- masses ---------------------------------------------------------------------------------- */

/* Rows of measures at a slot of pre or of post nodes, or at a sub that T moves to; what is
 * not live has not been written. */
typedef struct masses {
    ful__real *rows;
    unsigned char *live;
} masses;

static ful__real *mass_of(const ful_bargain *g, masses at, int node, int measure)
{
    return ROW(at.rows, node * FUL__MEASURES + measure);
}

static int is_live(masses at, int node, int measure)
{
    return at.live[node] >> measure & 1;
}

/* The row to which mass is added that comes there. */
static ful__real *opened(const ful_bargain *g, masses at, int node, int measure)
{
    ful__real *mass = mass_of(g, at, node, measure);
    if (!is_live(at, node, measure))
        memset(mass, 0, (size_t)g->E * sizeof *mass);
    at.live[node] |= (unsigned char)(1 << measure);
    return mass;
}

static masses at_pre(const ful_bargain_work *w, int next)
{
    return (masses){w->mass[next], w->live[next]};
}

static masses at_post(const ful_bargain_work *w)
{
    return (masses){w->mass_after, w->live_after};
}

static masses at_move(ful_bargain_work *w)
{
    return (masses){w->inflow, w->live_inflow};
}

/* Whether a measure's mass is all there is in a stage. */
static int is_all(ful_stage stage, int measure)
{
    return (measure == FUL__WAS_FROZEN && stage == FUL_STAGE_FROZEN) ||
           (measure == FUL__WAS_DISMANTLED && stage == FUL_STAGE_DISMANTLED) ||
           (measure == FUL__HAS_RESTARTED && stage == FUL_STAGE_RESTARTED);
}

/* ---- S --------------------------------------------------------------------------------------- */

/* Mass that has come to a pre node, adaptation having moved, times `by`; whether there is any. */
static int come(ful__real *out, const walk *k, const ful__at *at, int m, ful__real by)
{
    const ful_bargain *g = k->g;
    const masses pre = at_pre(k->w, 0);
    const int t = at->t, node = ful__pre_slot(g, at);
    const double *leaves = t > 0 && ful__may_adapt(g, t - 1, at->k) ? g->adapts : g->never;
    const int comes = t > 0 && at->k > 0 && ful__may_adapt(g, t - 1, at->k - 1);
    const int lower = comes ? ful__pre(g, t, at->sub, at->z, at->k - 1, at->c, at->x) : -1;
    const int from = lower < 0 ? node : ful__pre_slot(g, g->pre + lower);
    const int stayed = is_live(pre, node, m), came = lower >= 0 && is_live(pre, from, m);
    if (stayed && came)
        row_adapt(out, mass_of(g, pre, node, m), leaves, mass_of(g, pre, from, m), g->adapts, by,
                  g->E);
    else if (stayed)
        row_stay(out, mass_of(g, pre, node, m), leaves, by, g->E);
    else if (came)
        row_come(out, mass_of(g, pre, from, m), g->adapts, by, g->E);
    return stayed || came;
}

/* Mass as S finds it: its administration may have changed and the package fallen. */
static int find(ful__real *out, const walk *k, const ful__at *at, int m)
{
    const ful_bargain *g = k->g;
    const int found = come(out, k, at, m, ful__may_fall(g, at) ? 1 - g->turnover : 1);
    const int with = at->x ? -1 : ful__pre(g, at->t, at->sub, at->z, at->k, at->c, 1);
    ful__real *fallen = ROW(k->w->scratch, 1);
    if (with < 0 || !ful__may_fall(g, g->pre + with))
        return found;
    if (!found)
        return come(out, k, g->pre + with, m, g->turnover);
    if (come(fallen, k, g->pre + with, m, g->turnover))
        row_add_scaled(out, fallen, 1, g->E);
    return 1;
}

static void follow_sender(const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    const masses post = at_post(k->w);
    ful__sender_move move[4];
    ful__real *found = k->w->scratch;
    const int n = ful__sender_menu(move, g, at->t, at->sub, at->x);
    const int asks = n > 1 && g->sub[at->sub].accommodates;
    int to[4];
    for (int a = 0; a < n; a++)
        to[a] = ful__post_slot(
            g, g->post + ful__post(g, at->t, move[a].sub, at->z, at->k, at->c, move[a].x));
    for (int m = 0; m < FUL__MEASURES; m++) {
        const int first = n == 1 && !is_live(post, to[0], m);
        ful__real *mass = first ? mass_of(g, post, to[0], m) : found;
        if (!find(mass, k, at, m))
            continue;
        if (m == FUL__ALL && k->see)
            k->see(k->user, g, at, FUL__AT_SENDER, 0, mass);
        if (asks && m == FUL__NEVER_CHOSE)
            k->out->reach[FUL__HONOUR] += row_sum(mass, g->E);
        for (int a = 0; a < n; a++)
            if (asks && m == FUL__NEVER_CHOSE && move[a].honours)
                k->out->met[FUL__HONOUR] += row_dot(mass, ROW(k->w->policy, at->choice + a), g->E);
        if (first)
            post.live[to[0]] |= (unsigned char)(1 << m);
        else if (n == 1)
            row_add_scaled(opened(g, post, to[0], m), mass, 1, g->E);
        for (int a = 0; a + 1 < n; a += 2) {
            ful__real *const out[] = {opened(g, post, to[a], m), opened(g, post, to[a + 1], m)};
            const ful__real *const p[] = {ROW(k->w->policy, at->choice + a),
                                          ROW(k->w->policy, at->choice + a + 1)};
            spread(out, p, 2, mass, g->E);
        }
    }
}

/* ---- T --------------------------------------------------------------------------------------- */

/* Mass at a move of T, spread over the moves of stress. */
static void arrive(const walk *k, const ful__at *at, int next)
{
    const ful_bargain *g = k->g;
    const masses from = at_move(k->w), to = at_pre(k->w, 1);
    const int t = at->t + 1, sub = ful__arrive(g, t, next), relief = g->sub[at->sub].relief;
    const int x = ful__stands(g, t, at->x), c = ful__capability(g, at->t, at->sub, at->c);
    const ful__real *chance[3];
    int node[3], n = 0;
    for (int dz = -1; dz <= 1; dz++) {
        chance[n] = ful__drift(g, at->t, relief, at->z, at->k, dz);
        if (chance[n])
            node[n++] = ful__pre_slot(g, g->pre + ful__pre(g, t, sub, at->z + dz, at->k, c, x));
    }
    for (int m = 0; m < FUL__MEASURES; m++) {
        ful__real *out[3];
        if (!is_live(from, next, m))
            continue;
        for (int j = 0; j < n; j++)
            out[j] = opened(g, to, node[j], m);
        spread(out, chance, n, mass_of(g, from, next, m), g->E);
    }
}

/* What has been gathered at the moves of nodes with the same future, of which `at` is one, goes on:
 * a restart comes to light or stays hidden first. */
static void move_on(const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    const masses move = at_move(k->w);
    const int seen = ful__find_sub(g, FUL_STAGE_RESTARTED, 0, 0);
    const int hidden = ful__hidden_sub(g, g->sub[at->sub].relief);
    for (int m = 0; m < FUL__MEASURES; m++)
        if (is_live(move, g->subs, m)) {
            const ful__real *mass = mass_of(g, move, g->subs, m);
            row_add_scaled(opened(g, move, seen, m), mass, g->p.detection, g->E);
            row_add_scaled(opened(g, move, hidden, m), mass, 1 - g->p.detection, g->E);
        }
    for (int next = 0; next < g->subs; next++)
        if (move.live[next])
            arrive(k, at, next);
    memset(move.live, 0, MAX_SUBS + 1);
}

/* A move of T at a post node: where it leads, and by what chance. */
typedef struct step {
    int slot; /* of inflow */
    ful_stage stage;
    const ful__real *p; /* or NULL: */
    double weight;
} step;

static int steps_of(step to[3], const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    ful__target_move move[3];
    const int n = ful__target_menu(move, g, at->t, at->sub, at->x);
    for (int a = 0; a < n; a++) {
        const int restarts = move[a].next == RESTARTING;
        to[a] = (step){.slot = restarts ? g->subs : move[a].next,
                       .stage = restarts ? FUL_STAGE_RESTARTED : g->sub[move[a].next].stage,
                       .p = n > 1 && !k->trembling ? ROW(k->w->policy, at->choice + a) : NULL,
                       .weight = move[a].weight};
    }
    return n;
}

static ful__real moved(const ful_bargain *g, const step *to, const ful__real *mass)
{
    return to->p ? row_dot(mass, to->p, g->E) : to->weight * row_sum(mass, g->E);
}

/* Mass of a measure follows T's moves; `all` is that of all paths. What comes to the stage of a
 * measure and has not been there comes for the first time. */
static void follow_moves(const walk *k, const ful__at *at, const step *to, int n, int m,
                         const ful__real *mass, const ful__real *all)
{
    const ful_bargain *g = k->g;
    const masses into = at_move(k->w);
    const int inside = is_all(g->sub[at->sub].stage, m);
    ful__real *out[3];
    const ful__real *p[3];
    int moving = 0;
    for (int a = 0; a < n; a++) {
        if (is_all(to[a].stage, m)) {
            if (!inside)
                k->out->ever[m] += moved(g, to + a, all);
            if (!inside && mass)
                k->out->ever[m] -= moved(g, to + a, mass);
        } else if (mass && to[a].p) {
            out[moving] = opened(g, into, to[a].slot, m);
            p[moving++] = to[a].p;
        } else if (mass) {
            row_add_scaled(opened(g, into, to[a].slot, m), mass, to[a].weight, g->E);
        }
    }
    spread(out, p, moving, mass, g->E);
}

/* T's first choice while it accommodates: what of it restarts. */
static void count_restarts(const walk *k, const ful__at *at, int n, const ful__real *mass)
{
    const ful_bargain *g = k->g;
    ful__target_move move[3];
    ful__target_menu(move, g, at->t, at->sub, at->x);
    k->out->reach[FUL__RESTART] += row_sum(mass, g->E);
    for (int a = 0; a < n; a++)
        if (move[a].next == RESTARTING)
            k->out->met[FUL__RESTART] += row_dot(mass, ROW(k->w->policy, at->choice + a), g->E);
}

static void follow_target(const walk *k, const ful__at *at, ful__real *const *mass)
{
    const ful__sub *s = k->g->sub + at->sub;
    step to[3];
    const int n = steps_of(to, k, at);
    const int asks = n > 1 && s->accommodates && s->stage != FUL_STAGE_RESTARTED;
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (m == FUL__NEVER_CHOSE && asks) {
            if (mass[m])
                count_restarts(k, at, n, mass[m]);
            continue;
        }
        follow_moves(k, at, to, n, m, is_all(s->stage, m) ? mass[FUL__ALL] : mass[m],
                     mass[FUL__ALL]);
    }
}

/* ---- a post node ----------------------------------------------------------------------------- */

static ful__real *tally_of(const ful_bargain *g, const ful_bargain_work *w, int x, int accommodates,
                           int relief, int k)
{
    return ROW(w->tally, ((x * 2 + accommodates) * RELIEFS + relief) * g->K + k);
}

/* What the report asks of a period: `mass` is that of all paths, after the enforcers' moves. */
static void count_post(const walk *k, const ful__at *at, const ful__real *mass,
                       const ful__real *hazard)
{
    const ful_bargain *g = k->g;
    const ful__sub *s = g->sub + at->sub;
    row_add_scaled(tally_of(g, k->w, at->x, s->accommodates, s->relief, at->k), mass, 1, g->E);
    if (s->stage == FUL_STAGE_ARMED)
        row_add_scaled(k->w->armed, mass, 1, g->E);
    row_add_product(k->w->ended, mass, hazard, g->E);
}

/* Show the mass of all paths as S leaves a node, and what the enforcers make of it, one after the
 * other. */
static void show(const walk *k, const ful__at *at, const ful__real *from)
{
    const ful_bargain *g = k->g;
    const int moves = ful__enforcers_move(g, at->t, at->sub) ? g->movers : 0;
    ful__real *mass = k->w->scratch;
    for (int m = 0; m <= moves; m++) {
        memcpy(mass, from, (size_t)g->E * sizeof *from);
        ful__choose_enforcement(&mass, 1, g, k->w, at, m);
        k->see(k->user, g, at, m < moves ? FUL__AT_ENFORCER : FUL__AT_TARGET,
               m < moves ? g->order[m] : 0, mass);
    }
}

/* The enforcers have had a move after a restart came to light: all of the mass has been caught, and
 * what had not been before snaps back or does not for the first time. */
static void count_caught(const walk *k, ful__real **mass)
{
    const ful_bargain *g = k->g;
    const double *meets = g->enforcer[0].meets;
    const ful__real *before = mass[FUL__WAS_CAUGHT];
    k->out->reach[FUL__SNAP_BACK] += row_sum(mass[FUL__ALL], g->E);
    k->out->met[FUL__SNAP_BACK] += row_mean(mass[FUL__ALL], meets, g->E);
    if (before) {
        k->out->reach[FUL__SNAP_BACK] -= row_sum(before, g->E);
        k->out->met[FUL__SNAP_BACK] -= row_mean(before, meets, g->E);
    }
    mass[FUL__WAS_CAUGHT] = mass[FUL__ALL];
}

static void follow_post(const walk *k, const ful__at *at)
{
    const ful_bargain *g = k->g;
    const masses post = at_post(k->w);
    const int node = ful__post_slot(g, at);
    const ful__real *hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k);
    ful__real *mass[FUL__MEASURES] = {NULL}, *live[FUL__MEASURES];
    int count = 0;
    if (!is_live(post, node, FUL__ALL))
        return;
    for (int m = 0; m < FUL__MEASURES; m++)
        if (is_live(post, node, m))
            mass[m] = live[count++] = mass_of(g, post, node, m);
    if (at->t == 0)
        ful__first_choices(k->out->first_meets, k->out->slack, g, k->w, at, mass[FUL__ALL]);
    if (k->see)
        show(k, at, mass[FUL__ALL]);
    ful__choose_enforcement(live, count, g, k->w, at, g->movers);
    count_post(k, at, mass[FUL__ALL], hazard);
    if (ful__reach(g, at->sub) == FUL__LIFTED && ful__enforcers_move(g, at->t, at->sub))
        count_caught(k, mass);
    for (int j = 0; j < count; j++)
        row_survive(live[j], hazard, g->E);
    follow_target(k, at, mass);
}

/* ---- the sweep ------------------------------------------------------------------------------- */

static void count_period(const walk *k, int t)
{
    const ful_bargain *g = k->g;
    const ful__real discount = ful__real_pow(g->d[FUL_S], t) * g->dt;
    k->out->annuity += discount;
    for (int row = 0; row < 4 * RELIEFS * g->K; row++) {
        const int block = row % (RELIEFS * g->K), x = row / (2 * RELIEFS * g->K);
        const int accommodates = row / (RELIEFS * g->K) % 2;
        const ful__real *mass = ROW(k->w->tally, row);
        row_add_scaled(k->w->alive, mass, 1, g->E);
        k->out->income +=
            row_dot(mass, ROW(g->income, (ful__economy(g, t, 0, 0) + block) * g->columns), g->E);
        k->out->cost -=
            discount * row_dot(mass, ful__deal(g, FUL_S, x, g->era_of[x][t], accommodates), g->E);
    }
}

/* Choices lie far away, in the order of nodes: have those of post node n on their way. */
static void fetch_choices(const walk *k, int n)
{
    const ful_bargain *g = k->g;
    const ful__at *at = g->post + n;
    const int rows = at->conduct + ful__conduct_rows(g, at->t, at->sub) - at->choice;
    ful__fetch(ROW(k->w->policy, at->choice), (size_t)(rows * g->E) * sizeof(ful__real));
}

static void follow_senders(const walk *k, int block)
{
    const ful_bargain *g = k->g;
    for (int n = g->first_pre[block]; n < g->first_pre[block + 1]; n++)
        follow_sender(k, g->pre + n);
}

static void follow_posts(const walk *k, int block)
{
    const ful_bargain *g = k->g;
    const int last = g->first_post[block + 1] - 1;
    for (int n = g->first_post[block]; n <= last; n++) {
        if (n < last)
            fetch_choices(k, n + 1);
        follow_post(k, g->post + n);
        if (n == last || !ful__same_future(g, g->post + n, g->post + n + 1))
            move_on(k, g->post + n);
    }
}

/* Where a package falls or is withdrawn, its mass goes on at bare nodes of the same period. */
static void follow_stress(const walk *k, int t, int z, int j)
{
    const ful_bargain *g = k->g;
    const int bare = ful__block(g, 0, t, z, j), with = ful__block(g, 1, t, z, j);
    memset(k->w->live_after, 0, (size_t)(g->most_post[0] + g->most_post[1]));
    follow_senders(k, bare);
    follow_senders(k, with);
    follow_posts(k, bare);
    follow_posts(k, with);
}

static void follow_period(const walk *k, int t)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    const size_t row = (size_t)g->E * sizeof(ful__real);
    memset(w->live[1], 0, (size_t)(g->most_pre[0] + g->most_pre[1]));
    memset(w->tally, 0, 4 * RELIEFS * (size_t)g->K * row);
    /* by adaptation first: what neighbours in stress lead to is used while it is at hand */
    for (int j = 0; j < g->K; j++)
        for (int z = 0; z < g->Z; z++)
            follow_stress(k, t, z, j);
    count_period(k, t);
    ful__real *mass = w->mass[0];
    unsigned char *live = w->live[0];
    w->mass[0] = w->mass[1];
    w->live[0] = w->live[1];
    w->mass[1] = mass;
    w->live[1] = live;
}

static void start(const walk *k)
{
    const ful_bargain *g = k->g;
    ful_bargain_work *w = k->w;
    const size_t row = (size_t)g->E * sizeof(ful__real);
    const masses pre = at_pre(w, 0);
    const ful__at *start = g->pre + g->first_pre[ful__block(g, ful__stands(g, 0, 1), 0, 0, 0)];
    memset(k->out, 0, sizeof *k->out);
    memset(w->alive, 0, row);
    memset(w->armed, 0, row);
    memset(w->ended, 0, row);
    memset(w->live_inflow, 0, sizeof w->live_inflow);
    memset(pre.live, 0, (size_t)(g->most_pre[0] + g->most_pre[1]));
    for (int m = FUL__WAS_FROZEN; m <= FUL__HAS_RESTARTED; m++)
        k->out->ever[m] = is_all(g->sub[g->start_sub].stage, m);
    for (int m = 0; m < FUL__MEASURES; m++) {
        if (m != FUL__ALL && m != FUL__NEVER_CHOSE)
            continue;
        opened(g, pre, ful__pre_slot(g, start), m)[g->start_e] = 1;
    }
}

/* What remains at the horizon; until here `ended` holds what has collapsed. */
static void end(const walk *k, int x)
{
    const ful_bargain *g = k->g;
    const int last = g->first_pre[ful__block(g, x, g->H + 1, 0, 0)];
    for (int n = g->first_pre[ful__block(g, x, g->H, 0, 0)]; n < last; n++) {
        const ful__at *at = g->pre + n;
        ful__real *mass = k->w->scratch;
        if (!come(mass, k, at, FUL__ALL, 1))
            continue;
        k->out->stage[g->sub[at->sub].stage] += row_sum(mass, g->E);
        row_add_scaled(k->w->ended, mass, 1, g->E);
        if (k->see)
            k->see(k->user, g, at, FUL__AT_SENDER, 0, mass);
    }
}

/* Means over rows of mass. */
static void count_enforcement(const walk *k)
{
    const ful_bargain *g = k->g;
    const ful_bargain_work *w = k->w;
    ful__totals *out = k->out;
    out->alive = row_sum(w->alive, g->E);
    out->armed = row_sum(w->armed, g->E);
    for (int group = 0; group < g->G; group++)
        out->level[group] = row_mean(w->alive, ROW(g->of_group, group), g->E);
    for (int j = 0; j < g->enforcers; j++) {
        const ful__enforcer *own = g->enforcer + j;
        out->enforcer[j].level = row_mean(w->alive, own->mean, g->E);
        out->enforcer[j].armed_level = row_mean(w->armed, own->mean, g->E);
        out->enforcer[j].armed_meets = row_mean(w->armed, own->meets, g->E);
        out->enforcer[j].adopted = row_mean(w->ended, own->raised, g->E);
    }
}

static void follow(const walk *k)
{
    start(k);
    for (int t = 0; t < k->g->H; t++)
        follow_period(k, t);
    k->out->collapsed = row_sum(k->w->ended, k->g->E);
    end(k, 0);
    end(k, 1);
    count_enforcement(k);
}

void ful__bargain_follow(ful__totals *out, const ful_bargain *g, ful_bargain_work *w)
{
    const walk k = {.g = g, .w = w, .out = out};
    follow(&k);
}

void ful__bargain_tremble(ful__totals *out, const ful_bargain *g, ful_bargain_work *w)
{
    const walk k = {.g = g, .w = w, .out = out, .trembling = 1};
    follow(&k);
}

void ful__bargain_trace(const ful_bargain *g, ful_bargain_work *w, ful__see *see, void *user)
{
    ful__totals unread;
    const walk k = {.g = g, .w = w, .out = &unread, .see = see, .user = user};
    follow(&k);
}
