/* SPDX-License-Identifier: MIT */
/* What should be offered? Every subset of the case's levers, the corners, what each lever adds. */
#include "fulcrum/study.h"

#include <string.h>

#include "study/games.h"

/* An effect below this has no sign. */
#define NO_EFFECT 1e-9

int ful_offered_levers(int *lever, const ful_situation *s)
{
    int count = 0;
    for (int l = 0; l < s->levers; l++)
        if (!s->lever[l].stick)
            lever[count++] = l;
    return count;
}

ful_offer ful_corner_offer(int corner, unsigned levers)
{
    return (ful_offer){.pressure = corner == FUL_CORNER_PRESSURE || corner == FUL_CORNER_BOTH,
                       .levers = corner >= FUL_CORNER_INDUCEMENTS ? levers : 0};
}

/* ---- rows and their frontier ---- */

/* Better in nothing and worse in something. */
static int is_dominated(const ful_bargain_report *a, const ful_bargain_report *by)
{
    const double here = ful_bargain_freeze(a), there = ful_bargain_freeze(by);
    const int no_worse =
        there >= here && by->sender_cost <= a->sender_cost && by->collapsed <= a->collapsed;
    const int better =
        there > here || by->sender_cost < a->sender_cost || by->collapsed < a->collapsed;
    return no_worse && better;
}

/* What offers nothing does so under any terms: it stands there once. */
static void mark_frontier(ful_packages *p)
{
    for (int a = 0; a < p->rows; a++) {
        p->row[a].on_frontier = p->row[a].offer.levers || p->row[a].offer.terms == 0;
        for (int b = 0; b < p->rows && p->row[a].on_frontier; b++)
            p->row[a].on_frontier = !is_dominated(&p->row[a].report, &p->row[b].report);
    }
}

/* ---- what each lever adds ---- */

/* Shapley contributions over all levers; `worth` has one entry per subset. */
static double shapley(const double *worth, int levers, int l)
{
    double weight[FUL_MAX_LEVERS + 1], sum = 0;
    weight[0] = 1.0 / levers;
    for (int size = 1; size < levers; size++)
        weight[size] = weight[size - 1] * size / (levers - size);
    for (unsigned set = 0; set < 1u << levers; set++) {
        int size = 0;
        for (unsigned rest = set; rest; rest &= rest - 1)
            size++;
        if (!(set >> l & 1))
            sum += weight[size] * (worth[set | 1u << l] - worth[set]);
    }
    return sum;
}

/* A lever rests on judgement unless what moves the enforcer comes from the economy alone. */
static int rests_on_judgement(const ful_situation *s, int l)
{
    const ful_case_lever *x = &s->lever[l];
    const ful_param value[] = {x->value_e, x->value_t, x->hazard};
    for (int k = 0; k < 3; k++)
        if (value[k] != FUL_NO_PARAM && s->parameter[value[k]].grade == 'E' &&
            s->parameter[value[k]].value != 0)
            return 1;
    return x->troops;
}

static int sign(double x)
{
    return x > NO_EFFECT ? 1 : x < -NO_EFFECT ? -1 : 0;
}

static double mean_of(const ful_bargain_report *r)
{
    return r->enforcer[0].mean;
}

/* ---- the games ---- */

enum { CENTRAL, LONG, NOISY, SHARP, MOVING, REVERSE, STICK, VARIANTS };

/* Where in the list of games what begins. */
typedef struct plan {
    ful__game *game;
    int corner[VARIANTS];
    int single[2]; /* each lever alone and none of them, at a fifth and at five times lambda */
    int count;
} plan;

static int add(plan *all, ful_offer offer, double lambda_scale)
{
    all->game[all->count] = (ful__game){.offer = offer, .lambda_scale = lambda_scale};
    return all->count++;
}

static void add_corners(plan *all, int variant, const ful_packages *p, const ful_situation *s)
{
    static const double scale[VARIANTS] = {1, 1, .2, 5, 1, 1, 1};
    const unsigned package = s->package[p->corner_package].levers;
    all->corner[variant] = all->count;
    for (int c = 0; c < FUL_CORNERS; c++) {
        ful_offer offer = ful_corner_offer(c, package);
        if (variant == STICK) /* nothing, stick, carrots, both, all under pressure */
            offer = (ful_offer){
                .pressure = 1, .stick = c == 1 || c == 3, .levers = c >= 2 ? package : 0};
        if (variant == LONG)
            offer.horizon = p->long_horizon;
        if (variant == MOVING || variant == REVERSE)
            offer.moving = ful_held_parts(s);
        offer.reverse = variant == REVERSE;
        add(all, offer, scale[variant]);
    }
}

/* Every offer, the corners, and each lever alone at the other precisions. */
static void make_plan(plan *all, const ful_packages *p, const ful_situation *s)
{
    for (int k = 0; k < p->rows; k++)
        add(all, ful__offer(s, k), 1);
    for (int variant = 0; variant < VARIANTS; variant++)
        add_corners(all, variant, p, s);
    for (int sharp = 0; sharp < 2; sharp++) {
        all->single[sharp] = all->count;
        for (int k = 0; k <= p->levers; k++)
            add(all,
                (ful_offer){.pressure = 1, .levers = k < p->levers ? 1u << p->lever[k].lever : 0},
                sharp ? 5 : .2);
    }
}

static void read_corners(ful_packages *p, const plan *all)
{
    ful_bargain_report *to[VARIANTS] = {p->corner,       p->corner_long,   p->corner_noisy,
                                        p->corner_sharp, p->corner_moving, p->corner_reverse,
                                        p->stick};
    for (int variant = 0; variant < VARIANTS; variant++)
        for (int c = 0; c < FUL_CORNERS; c++)
            to[variant][c] = all->game[all->corner[variant] + c].report;
}

static ful_status read_levers(ful_packages *p, const plan *all, const ful_situation *s,
                              ful_arena *arena, ful_error *err)
{
    const int subsets = 1 << p->levers;
    double *enforcement = ful_arena_take(arena, (size_t)subsets, sizeof *enforcement);
    double *accommodation = ful_arena_take(arena, (size_t)subsets, sizeof *accommodation);
    if (!enforcement || !accommodation)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    for (int k = 0; k < subsets; k++) {
        enforcement[k] = mean_of(&p->row[k].report);
        accommodation[k] = ful_bargain_freeze(&p->row[k].report);
    }
    for (int l = 0; l < p->levers; l++) {
        ful_lever_effect *x = &p->lever[l];
        x->enforcement = shapley(enforcement, p->levers, l);
        x->accommodation = shapley(accommodation, p->levers, l);
        x->rests_on_judgement = rests_on_judgement(s, x->lever);
        x->sign_survives = 1;
        for (int sharp = 0; sharp < 2; sharp++) {
            const ful__game *alone = &all->game[all->single[sharp]];
            if (sign(mean_of(&alone[l].report) - mean_of(&alone[p->levers].report)) !=
                sign(enforcement[1 << l] - enforcement[0]))
                x->sign_survives = 0;
        }
    }
    return FUL_OK;
}

static ful_status fill(ful_packages *p, const ful_payoffs *payoffs, const ful_situation *s,
                       ful_arena *scratch, const ful_run *run, ful_error *err)
{
    plan all = {.game = ful_arena_take(
                    scratch, (size_t)(p->rows + VARIANTS * FUL_CORNERS + 2 * (p->levers + 1)),
                    sizeof *all.game)};
    if (!all.game)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    make_plan(&all, p, s);
    ful_status status = ful__games_play(all.game, all.count, payoffs, "packages", run, err);
    if (status != FUL_OK)
        return status;
    for (int k = 0; k < p->rows; k++) {
        p->row[k].offer = all.game[k].offer;
        p->row[k].report = all.game[k].report;
    }
    mark_frontier(p);
    read_corners(p, &all);
    status = read_levers(p, &all, s, scratch, err);
    if (status == FUL_OK)
        status = ful__games_transfer(&p->transfer_pct, payoffs, &(ful_offer){.pressure = 1},
                                     FUL_AIM_ENFORCE, .5, run ? run->allocator : NULL, err);
    return status;
}

static void list_what_is_played(ful_packages *p, const ful_situation *s)
{
    int lever[FUL_MAX_LEVERS];
    p->levers = ful_offered_levers(lever, s);
    for (int k = 0; k < p->levers; k++)
        p->lever[k].lever = lever[k];
    p->has_stick = p->levers < s->levers;
    p->rows = ful__offers(s);
    p->corner_package = s->game.corner_package;
    const int twice = 2 * s->game.horizon;
    p->long_horizon = twice < FUL_BARGAIN_MAX_HORIZON ? twice : FUL_BARGAIN_MAX_HORIZON;
}

ful_status ful_study_packages(ful_packages *out, const ful_payoffs *payoffs, const ful_run *run,
                              ful_error *err)
{
    memset(out, 0, sizeof *out);
    const ful_allocator *allocator = run ? run->allocator : NULL;
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_situation *s = ful_world_situation(view.world);
    list_what_is_played(out, s);
    if (out->levers < 1 || s->packages < 1)
        return ful_fail(err, FUL_ERR_DATA, "the case declares no lever or no package");
    ful_arena *scratch;
    ful_status status = ful_arena_new(&scratch, allocator, err);
    if (status != FUL_OK)
        return status;
    status = ful_arena_new(&out->arena, allocator, err);
    if (status == FUL_OK) {
        out->row = ful_arena_take(out->arena, (size_t)out->rows, sizeof *out->row);
        status = out->row ? fill(out, payoffs, s, scratch, run, err)
                          : ful_fail(err, FUL_ERR_MEMORY, "out of memory for packages");
    }
    ful_arena_free(scratch);
    if (status != FUL_OK)
        ful_packages_clear(out);
    return status;
}

void ful_packages_clear(ful_packages *packages)
{
    ful_arena_free(packages->arena);
    memset(packages, 0, sizeof *packages);
}
