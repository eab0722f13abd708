/* SPDX-License-Identifier: MIT */
/* Places on the path between two shocks: what the shock is there, its solution, its gradient. Every
 * solve starts from the nearer end of the path, so that nothing depends on order or threads. */
#include "study/path.h"

#include <math.h>
#include <string.h>

/* A transfer further than this from what is due is at its finance limit. */
#define LIMIT_GAP 1e-7
/* A premium below this is rounding: the bound does not bind. */
#define LEAST_PREMIUM 1e-9
/* A bound missed by less, relative to it, is met. */
#define LEAST_SLACK 1e-7
/* Step along the path for derivatives with respect to the bounds of caps, and the tolerance of the
 * two solves: their difference must outweigh their errors. */
#define CAP_STEP 1e-3
#define CAP_TOLERANCE 1e-12

/* ---- a place on the path ---- */

static double between(double from, double to, double t)
{
    return from == to ? from : from + t * (to - from);
}

/* Bounds move from what is gripped in the benchmark; those that do not bind there stand still, and
 * what is no bound remains none. */
static void move_cap(ful_economy_cap *c, const ful__path *p, int k, double t)
{
    if (isfinite(c->value))
        c->value = between(p->start_cap[k].value, p->to->cap[k].value, t);
    if (isfinite(c->quantity))
        c->quantity = between(p->start_cap[k].quantity, p->to->cap[k].quantity, t);
}

static ful_economy_shock shock_at(const ful__path *p, ful__place *here, double t)
{
    ful_economy_shock shock = *p->to;
    const double **member[FUL__ARGUMENTS] = {&shock.openness, &shock.latent_openness,
                                             &shock.productivity, &shock.tariff, &shock.export_tax};
    for (int k = 0; k < FUL__ARGUMENTS; k++) {
        const ful__argument *x = &p->argument[k];
        if (!x->to)
            continue;
        for (size_t a = 0; a < x->count; a++)
            here->value[k][a] = between(x->from ? x->from[a] : x->otherwise, x->to[a], t);
        *member[k] = here->value[k];
    }
    for (int k = 0; k < shock.caps; k++) {
        here->cap[k] = p->to->cap[k];
        move_cap(&here->cap[k], p, k, t);
    }
    shock.cap = here->cap;
    return shock;
}

static double outcome_of(const ful__path *p, const ful_economy_view *v)
{
    const ful_economy_outcome *o = &v->outcome[p->country];
    const double all[] = {[FUL_WELFARE] = o->welfare,
                          [FUL_REAL_INCOME] = o->real_income,
                          [FUL_REAL_GDP] = o->real_gdp,
                          [FUL_EXPORTS] = o->exports,
                          [FUL_IMPORTS] = o->imports};
    return all[p->kind];
}

static ful_status solve(double *outcome, double *violation, const ful__path *p, ful__place *here,
                        double t, const ful_economy_shock *shock, double tolerance, ful_error *err)
{
    ful_economy_options options = p->options;
    ful_economy_report report;
    ful_economy_certificate certificate;
    ful_economy_view view;
    options.tolerance = tolerance;
    if (p->ends == 2)
        ful_economy_work_copy(here->work, p->end[t > .5]);
    ful_status status = ful_economy_solve(&report, p->model, here->work, shock, &options, err);
    if (status == FUL_OK)
        status = ful_economy_certify(&certificate, p->model, here->work, shock, NULL, err);
    if (status != FUL_OK)
        return status;
    if (!(certificate.max_violation <= FUL_CERTIFIED))
        return ful_fail(err, FUL_NOT_CONVERGED,
                        "the certificate shows a violation of %.3g at %.3g of the path",
                        certificate.max_violation, t);
    ful_economy_view_get(&view, p->model, here->work);
    *outcome = outcome_of(p, &view);
    *violation = fmax(*violation, certificate.max_violation);
    return FUL_OK;
}

/* Whether a bound is met, to what two solutions can tell apart. */
static int is_met(double x, double bound)
{
    return x >= bound * (1 - LEAST_SLACK);
}

/* Which bounds and finance limits bind in the solution that the place holds; of a cap with two,
 * which of them, since derivatives jump where they take turns. */
static void read_binding(unsigned char *binds, const ful__path *p, const ful__place *here)
{
    ful_economy_view v;
    ful_economy_view_get(&v, p->model, here->work);
    for (int k = 0; k < p->to->caps; k++)
        if (v.cap[k].premium > LEAST_PREMIUM)
            binds[k] = (unsigned char)(1 + is_met(v.cap[k].value, here->cap[k].value) +
                                       2 * is_met(v.cap[k].quantity, here->cap[k].quantity));
    for (int n = 0; n < p->countries; n++) {
        const double due = p->benchmark.transfer[n] + (p->to->transfer ? p->to->transfer[n] : 0);
        binds[p->to->caps + n] =
            due > 0 && fabs(v.transfer[n] - due) > LIMIT_GAP * p->benchmark.income[n];
    }
}

/* Solve at x->t and note what binds there. */
ful_status ful__path_visit(ful__station *x, ful__path *p, ful_error *err)
{
    ful__place *here = &p->place[0];
    const ful_economy_shock shock = shock_at(p, here, x->t);
    x->binds = ful_arena_take(p->out->arena, (size_t)(p->to->caps + p->countries), 1);
    if (!x->binds)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for an attribution");
    const ful_status status = solve(&x->outcome, &p->out->max_violation, p, here, x->t, &shock,
                                    p->options.tolerance, err);
    if (status == FUL_OK)
        read_binding(x->binds, p, here);
    return status;
}

int ful__path_same_binding(const ful__path *p, const ful__station *a, const ful__station *b)
{
    return memcmp(a->binds, b->binds, (size_t)(p->to->caps + p->countries)) == 0;
}

/* ---- a panel ---- */

/* Bounds that are not met are set aside: where all moves together they do not bind next, but where
 * a cap moves alone they might. */
static void set_aside(ful_economy_cap *c, const ful_economy_cap_state *now)
{
    if (!is_met(now->value, c->value))
        c->value = INFINITY;
    if (!is_met(now->quantity, c->quantity))
        c->quantity = INFINITY;
}

/* What each binding cap contributes per unit of the path: its bound alone moves on and back. */
static ful_status cap_rates(ful__node *x, const ful__path *p, ful__place *here, ful_error *err)
{
    ful_economy_view v;
    const double h = fmin(CAP_STEP, fmin(x->t, 1 - x->t) / 2);
    ful_economy_shock shock = shock_at(p, here, x->t);
    ful_economy_view_get(&v, p->model, here->work);
    for (int k = 0; k < shock.caps; k++) {
        x->cap[k] = v.cap[k].premium > LEAST_PREMIUM ? 1 : 0;
        set_aside(&here->cap[k], &v.cap[k]);
    }
    for (int k = 0; k < shock.caps; k++) {
        double outcome[2] = {0};
        for (int side = 0; x->cap[k] != 0 && side < 2; side++) {
            move_cap(&here->cap[k], p, k, side ? x->t + h : x->t - h);
            const ful_status status =
                solve(&outcome[side], &x->violation, p, here, x->t, &shock, CAP_TOLERANCE, err);
            if (status != FUL_OK)
                return status;
        }
        move_cap(&here->cap[k], p, k, x->t);
        x->cap[k] = (outcome[1] - outcome[0]) / (2 * h);
    }
    return FUL_OK;
}

ful_status ful__path_solve_node(void *user, int index, int thread)
{
    ful__path *p = user;
    ful__node *x = &p->node[index];
    ful__place *here = &p->place[thread];
    double outcome;
    const ful_economy_shock shock = shock_at(p, here, x->t);
    ful_economy_gradient gradient = {.openness = x->gradient[FUL__OPENNESS],
                                     .latent_openness = x->gradient[FUL__LATENT],
                                     .productivity = x->gradient[FUL__PRODUCTIVITY],
                                     .tariff = x->gradient[FUL__TARIFF],
                                     .export_tax = x->gradient[FUL__EXPORT_TAX]};
    x->violation = 0;
    ful_status status =
        solve(&outcome, &x->violation, p, here, x->t, &shock, p->options.tolerance, &x->err);
    if (status == FUL_OK)
        status = ful_economy_differentiate(&gradient, p->model, here->work, &shock, p->country,
                                           p->kind, &p->options, &x->err);
    if (status == FUL_OK && shock.caps > 0)
        status = cap_rates(x, p, here, &x->err);
    return status;
}

/* The contributions of all arguments at one node, per unit of the path. */
double ful__path_rate(const ful__path *p, const ful__node *x)
{
    double sum = 0;
    for (int k = 0; k < FUL__ARGUMENTS; k++) {
        const ful__argument *y = &p->argument[k];
        for (size_t a = 0; y->to && a < y->count; a++) {
            const double change = y->to[a] - (y->from ? y->from[a] : y->otherwise);
            if (change != 0)
                sum += x->gradient[k][a] * change;
        }
    }
    for (int k = 0; k < p->to->caps; k++)
        sum += x->cap[k];
    return sum;
}
