/* SPDX-License-Identifier: MIT */
/* An equilibrium and its report. */
#include "game/bargain_internal.h"

#include <math.h>
#include <string.h>

/* Below this, what reaches a node is what arithmetic has left of it, and its parts are out of
 * scale. */
#define UNREACHED 1e-200

/* Off the path T trembles until every kind of node has been reached. */
static void fill_conditionals(ful_bargain_report *r, const ful_bargain *g, ful_bargain_work *w,
                              const ful__totals *path)
{
    ful_conditional *const into[FUL__CONDITIONALS] = {&r->restart, &r->honour, &r->snap_back};
    ful__totals off;
    int missing = 0;
    for (int c = 0; c < FUL__CONDITIONALS; c++) {
        into[c]->reach = ful__told(path->reach[c]);
        missing |= ful__re(path->reach[c]) < UNREACHED;
    }
    if (missing)
        ful__bargain_tremble(&off, g, w);
    for (int c = 0; c < FUL__CONDITIONALS; c++) {
        const ful__totals *from = ful__re(path->reach[c]) < UNREACHED ? &off : path;
        into[c]->probability =
            ful__re(from->reach[c]) > 0 ? ful__told(from->met[c] / from->reach[c]) : NAN;
    }
}

/* ---- ties of players that never err ---- */

typedef struct ties {
    ful_bargain_work *w;
    ful__real choices, reach;
} ties;

/* How many of n moves, whose probabilities lie in rows, have one at e. */
static int moves_chosen(const ful_bargain *g, const ful__real *p, int n, int e)
{
    int chosen = 0;
    for (int a = 0; a < n; a++)
        chosen += ful__re(ROW(p, a)[e]) > 0;
    return chosen;
}

/* Whose choice it is, and among how many moves; 0 moves of an enforcer, who moves by levels. */
static int chooser(int *moves, const ful_bargain *g, const ful__at *at, ful__moment moment,
                   int enforcer)
{
    ful__sender_move sender[4];
    ful__target_move target[3];
    if (moment == FUL__AT_ENFORCER) {
        *moves = 0;
        return FUL_E + enforcer;
    }
    *moves = moment == FUL__AT_SENDER ? ful__sender_menu(sender, g, at->t, at->sub, at->x)
                                      : ful__target_menu(target, g, at->t, at->sub, at->x);
    return moment == FUL__AT_SENDER ? FUL_S : FUL_T;
}

static void see_ties(void *user, const ful_bargain *g, const ful__at *at, ful__moment moment,
                     int enforcer, const ful__real *mass)
{
    ties *x = user;
    int moves;
    if (at->t == g->H)
        return;
    const int player = chooser(&moves, g, at, moment, enforcer);
    const ful__real *hazard = ful__hazards(g, at->t, at->x, at->z, g->sub[at->sub].relief, at->k);
    if (!isinf(ful__re(x->w->lambda[player])) || moves == 1)
        return;
    for (int e = 0; e < g->E; e++) {
        const ful__real reach = player == FUL_T ? (1 - hazard[e]) * mass[e] : mass[e];
        if (!(ful__re(reach) > 0))
            continue;
        const int chosen = player >= FUL_E
                               ? ful__levels_chosen(g, x->w, at, enforcer, e)
                               : moves_chosen(g, ROW(x->w->policy, at->choice), moves, e);
        x->choices += chosen > 1;
        x->reach += chosen > 1 ? reach : 0;
    }
}

static void fill_ties(ful_bargain_report *r, const ful_bargain *g, ful_bargain_work *w)
{
    ties x = {.w = w};
    int perfect = 0;
    for (int i = 0; i < g->players; i++)
        perfect |= isinf(ful__re(w->lambda[i]));
    if (perfect)
        ful__bargain_trace(g, w, see_ties, &x);
    r->tied_choices = ful__told(x.choices);
    r->tied_reach = ful__told(x.reach);
}

/* ---- the report ---- */

static double share(ful__real part, ful__real whole)
{
    return ful__re(whole) > 0 ? ful__told(part / whole) : 0;
}

static void fill_enforcers(ful_bargain_report *r, const ful_bargain *g, const ful_bargain_work *w,
                           const ful__totals *path)
{
    const int pledge = ful__era_of(g, 0, ful__stands(g, 0, 1))->pledge;
    const ful__real *collapsed = w->collapsed + (g->start_z * 2 + pledge) * w->rows;
    for (int k = 0; k < g->enforcers; k++) {
        ful_enforcer_report *own = r->enforcer + k;
        const ful__conduct *of = path->enforcer + k;
        own->mean = ful__told(of->level / path->alive);
        own->armed = share(of->armed_level, path->armed);
        own->enforces = share(of->armed_meets, path->armed);
        own->first_move = ful__has_choice(g, k) ? ful__told(path->first_meets[k]) : NAN;
        own->slack = ful__has_choice(g, k) ? ful__told(path->slack[k]) : NAN;
        own->adopted = ful__told(of->adopted);
        own->collapse_loss = ful__told(-collapsed[FUL_E + k]);
    }
}

static void fill(ful_bargain_report *r, const ful_bargain *g, ful_bargain_work *w,
                 const ful__totals *path)
{
    const ful__real *stage = path->stage;
    const ful__real *start = ful__stands(g, 0, 1) ? w->value[1] : w->bare_value;
    memset(r, 0, sizeof *r);
    r->denuclearised = ful__told(stage[FUL_STAGE_DISMANTLED]);
    r->frozen = ful__told(stage[FUL_STAGE_FROZEN] + stage[FUL_STAGE_DISMANTLING]);
    r->unchanged = ful__told(stage[FUL_STAGE_ARMED] + stage[FUL_STAGE_RESTARTED]);
    r->collapsed = ful__told(path->collapsed);
    r->ever_frozen = ful__told(path->ever[FUL__WAS_FROZEN]);
    r->ever_dismantled = ful__told(path->ever[FUL__WAS_DISMANTLED]);
    r->ever_restarted = ful__told(path->ever[FUL__HAS_RESTARTED]);
    for (int group = 0; group < g->G; group++)
        r->enforcement[group] = ful__told(path->level[group] / path->alive);
    r->sender_cost = ful__told(path->cost / path->annuity);
    r->target_income = ful__told(path->income / path->alive);
    for (int i = 0; i < g->players; i++)
        r->value[i] =
            ful__told(g->status_quo[i] * g->dt / (1 - g->d[i]) + ROW(start, i)[g->start_e]);
    r->residual = w->residual;
    fill_enforcers(r, g, w, path);
    fill_conditionals(r, g, w, path);
    fill_ties(r, g, w);
}

static void set_precision(const ful_bargain *g, ful_bargain_work *w, double scale)
{
    for (int i = 0; i < g->players; i++)
        w->lambda[i] = isinf(scale) || isinf(ful__re(g->precision[i]))
                           ? INFINITY
                           : g->precision[i] * scale / g->stake[i];
}

static int perfect_enforcers(const ful_bargain *g, const ful_bargain_work *w)
{
    int perfect = 0;
    for (int i = FUL_E; i < g->players; i++)
        perfect |= isinf(ful__re(w->lambda[i]));
    return perfect;
}

ful_status ful__bargain_equilibrium(ful_bargain_report *report, const ful_bargain *g,
                                    ful_bargain_work *w, double lambda_scale, ful_error *err)
{
    ful__totals path;
    if (!(lambda_scale >= 0))
        return ful_fail(err, FUL_ERR_ARGUMENT, "lambda_scale is %g, expected 0 or more",
                        lambda_scale);
    const ful_status status = ful__bargain_fit(w, g, err);
    if (status)
        return status;
    set_precision(g, w, lambda_scale);
    if (g->simultaneous && perfect_enforcers(g, w))
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "simultaneous moves are followed from lambda = 0 and have no answer at "
                        "infinite precision: let the enforcers move in order");
    ful__bargain_backward(g, w);
    ful__bargain_follow(&path, g, w);
    fill(report, g, w, &path);
    return FUL_OK;
}
