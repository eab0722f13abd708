/* SPDX-License-Identifier: MIT */
/* What would change the answer? Every parameter of a game, moved alone through its range. */
#include "fulcrum/study.h"

#include <math.h>
#include <string.h>

#include "study/first_error.h"
#include "study/games.h"

/* A crossing is known to this share of the range, and searched for so many rounds. */
#define CROSSING 1e-9
#define ROUNDS 60

enum { SLACK, FREEZE, NUMBERS };

/* One parameter's search. */
typedef struct search {
    const ful_payoffs *payoffs;
    const ful_offer *offer;
    ful__board board;
    const ful_parameter *q;
    ful_param parameter;
    double *p;         /* all parameters; this one moves */
    double value;      /* where it stands */
    double f[NUMBERS]; /* there, less the thresholds */
    double slope[NUMBERS];
} search;

typedef struct study {
    ful_flips *out;
    const ful_payoffs *payoffs;
    const ful_offer *offer;
    const ful_situation *s;
    const ful_allocator *allocator;
    ful_error *errors; /* one per row */
} study;

/* ---- a number as a function of the parameter ---- */

static void read_numbers(double f[NUMBERS], const ful_bargain_report *r)
{
    f[SLACK] = r->enforcer[0].slack;
    f[FREEZE] = ful_bargain_freeze(r) - .5;
}

static ful_status evaluate(double f[NUMBERS], search *x, double at, ful_error *err)
{
    ful_bargain_report r;
    x->p[x->parameter] = at;
    const ful_status status = ful__board_offer(&r, &x->board, x->payoffs, x->offer, x->p, 1, err);
    if (status == FUL_OK)
        read_numbers(f, &r);
    return status;
}

/* The two numbers and their derivatives where the parameter stands. */
static ful_status start(search *x, ful_error *err)
{
    ful_bargain_data data, direction;
    ful_bargain_room room, other;
    ful_bargain_report slope;
    x->p[x->parameter] = x->value;
    ful_status status = ful_payoffs_data(&data, &room, x->payoffs, x->offer, x->p, err);
    if (status == FUL_OK)
        status = ful_payoffs_direction(&direction, &other, x->payoffs, x->offer, x->parameter, err);
    if (status == FUL_OK)
        status = ful_bargain_derivative(&slope, &data, &direction, 1, x->board.allocator, err);
    if (status != FUL_OK)
        return status;
    read_numbers(x->slope, &slope);
    x->slope[FREEZE] += .5; /* the threshold has no derivative */
    return FUL_OK;
}

/* ---- the nearest crossing ---- */

/* The place a share of the way to an end of the range: in proportion where the range is drawn so.
 */
static double place(const search *x, double end, double share)
{
    const int in_proportion = x->q->distribution == FUL_LOGUNIFORM && x->value > 0 && end > 0;
    return in_proportion ? x->value * pow(end / x->value, share)
                         : x->value + share * (end - x->value);
}

/* Regula falsi (Illinois) between two places where the number has opposite signs; where it jumps
 * the place of the jump. */
static ful_status refine(double *at, search *x, int which, double a, double fa, double b, double fb,
                         ful_error *err)
{
    const double enough = CROSSING * (x->q->high - x->q->low);
    const double guess = x->value - x->f[which] / x->slope[which]; /* of the tangent */
    double next = (guess - a) * (guess - b) < 0 ? guess : (a * fb - b * fa) / (fb - fa);
    for (int round = 0; round < ROUNDS && fabs(b - a) > enough; round++) {
        double f[NUMBERS];
        const ful_status status = evaluate(f, x, next, err);
        if (status != FUL_OK)
            return status;
        if (f[which] == 0) {
            a = b = next;
        } else if ((f[which] > 0) == (fb > 0)) {
            b = next;
            fb = f[which];
            fa /= 2;
        } else {
            a = b;
            fa = fb;
            b = next;
            fb = f[which];
        }
        next = (a * fb - b * fa) / (fb - fa);
        if (!((next - a) * (next - b) < 0))
            next = (a + b) / 2;
    }
    *at = b;
    return FUL_OK;
}

/* Where a number is none there is nothing that could cross. */
static int has_crossed(double from, double to)
{
    return !isnan(from) && !isnan(to) && (from > 0) != (to > 0);
}

/* Walk outwards on both sides at once until a number has changed its sign. */
static ful_status cross(ful_flip flip[NUMBERS], search *x, ful_error *err)
{
    const double end[2] = {x->q->low, x->q->high};
    double at[2] = {x->value, x->value}, f[2][NUMBERS];
    memcpy(f[0], x->f, sizeof x->f);
    memcpy(f[1], x->f, sizeof x->f);
    for (int k = 1; k <= FUL_FLIP_PLACES; k++)
        for (int side = 0; side < 2; side++) {
            const double next = place(x, end[side], (double)k / FUL_FLIP_PLACES);
            double here[NUMBERS];
            if (next == at[side] || (isfinite(flip[0].at) && isfinite(flip[1].at)))
                continue;
            ful_status status = evaluate(here, x, next, err);
            for (int n = 0; status == FUL_OK && n < NUMBERS; n++)
                if (isnan(flip[n].at) && has_crossed(f[side][n], here[n]))
                    status = refine(&flip[n].at, x, n, at[side], f[side][n], next, here[n], err);
            if (status != FUL_OK)
                return status;
            at[side] = next;
            memcpy(f[side], here, sizeof here);
        }
    return FUL_OK;
}

/* Whether the parameter moves anything: one of a lever that is not on offer does not. */
static ful_status acts_at_all(int *acts, search *x, ful_error *err)
{
    const double end[2] = {x->q->low, x->q->high};
    *acts = x->slope[SLACK] != 0 || x->slope[FREEZE] != 0;
    for (int side = 0; !*acts && side < 2; side++) {
        double f[NUMBERS];
        const ful_status status = evaluate(f, x, end[side], err);
        if (status != FUL_OK)
            return status;
        *acts = f[SLACK] != x->f[SLACK] || f[FREEZE] != x->f[FREEZE];
    }
    return FUL_OK;
}

static ful_status solve_row(void *user, int index, int thread)
{
    const study *d = user;
    ful_flip_row *row = &d->out->row[index];
    ful_error *err = &d->errors[index];
    (void)thread;
    ful_arena *arena;
    ful_status status = ful_arena_new(&arena, d->allocator, err);
    if (status != FUL_OK)
        return status;
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, d->payoffs);
    search x = {.payoffs = d->payoffs,
                .offer = d->offer,
                .board = {.allocator = d->allocator},
                .q = &d->s->parameter[row->parameter],
                .parameter = row->parameter,
                .value = row->value,
                .f = {d->out->slack, d->out->freeze - .5}};
    x.p = ful_arena_take(arena, (size_t)d->s->parameters, sizeof *x.p);
    if (x.p) {
        memcpy(x.p, ful_world_parameters(view.world), (size_t)d->s->parameters * sizeof *x.p);
        status = start(&x, err);
    } else {
        status = ful_fail(err, FUL_ERR_MEMORY, "out of memory for flip points");
    }
    ful_flip flip[NUMBERS] = {{x.slope[SLACK], NAN}, {x.slope[FREEZE], NAN}};
    int acts = 0;
    if (status == FUL_OK)
        status = acts_at_all(&acts, &x, err);
    if (status == FUL_OK && acts)
        status = cross(flip, &x, err);
    row->slack = flip[SLACK];
    row->freeze = flip[FREEZE];
    ful__board_clear(&x.board);
    ful_arena_free(arena);
    return status;
}

/* ---- the study ---- */

static ful_status list_rows(ful_flips *out, const ful_payoffs *payoffs, const ful_situation *s,
                            const double *p, ful_error *err)
{
    out->row = ful_arena_take(out->arena, (size_t)s->parameters + 1, sizeof *out->row);
    if (!out->row)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for flip points");
    for (int q = 0; q < s->parameters; q++)
        if (s->parameter[q].low < s->parameter[q].high && ful_payoffs_direct(payoffs, q))
            out->row[out->rows++] = (ful_flip_row){.parameter = q, .value = p[q]};
    return FUL_OK;
}

static ful_status fill(ful_flips *out, const ful_payoffs *payoffs, const ful_offer *offer,
                       const ful_run *run, ful_error *err)
{
    ful_payoffs_view view;
    ful_payoffs_view_get(&view, payoffs);
    const ful_situation *s = ful_world_situation(view.world);
    study d = {.out = out,
               .payoffs = payoffs,
               .offer = offer,
               .s = s,
               .allocator = run ? run->allocator : NULL};
    ful_bargain_report here;
    ful_status status = list_rows(out, payoffs, s, ful_world_parameters(view.world), err);
    if (status == FUL_OK)
        status = ful_payoffs_play(&here, payoffs, offer, NULL, 1, d.allocator, err);
    if (status != FUL_OK)
        return status;
    out->slack = here.enforcer[0].slack;
    out->freeze = ful_bargain_freeze(&here);
    d.errors = ful_arena_take(out->arena, (size_t)out->rows + 1, sizeof *d.errors);
    if (!d.errors)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for flip points");
    return ful__first_error(ful_parallel_for(out->rows, run, "flips", solve_row, &d), d.errors,
                            out->rows, err);
}

ful_status ful_study_flips(ful_flips *out, const ful_payoffs *payoffs, const ful_offer *offer,
                           const ful_run *run, ful_error *err)
{
    memset(out, 0, sizeof *out);
    ful_status status = ful_arena_new(&out->arena, run ? run->allocator : NULL, err);
    if (status == FUL_OK)
        status = fill(out, payoffs, offer, run, err);
    if (status != FUL_OK)
        ful_flips_clear(out);
    return status;
}

void ful_flips_clear(ful_flips *flips)
{
    ful_arena_free(flips->arena);
    memset(flips, 0, sizeof *flips);
}
