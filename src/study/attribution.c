/* SPDX-License-Identifier: MIT */
/*
 * Aumann & Shapley along the straight path between two shocks, by Gauss-Legendre quadrature of the
 * adjoint gradient. Since the outcome is also solved at both ends of every panel, the error of each
 * is known, and panels are halved until it is small. Where a cap or a finance limit begins or
 * ceases to bind the derivative jumps: the place is found by bisection and the path is cut there.
 * Every solve starts from the nearer end of the path, so that nothing depends on order or threads.
 */
#include <math.h>
#include <string.h>

#include "study/first_error.h"
#include "study/world_internal.h"

#define NODES 6
/* A panel is good enough when its error is this share of the whole change, or this much. */
#define RELATIVE_ERROR 1e-7
#define ABSOLUTE_ERROR 1e-11
#define MAX_PANELS 64
/* The place of a kink on the path is known to this; a panel that short is taken as it is. */
#define KINK_WIDTH 1e-6
/* A transfer further than this from what is due is at its finance limit. */
#define LIMIT_GAP 1e-7
/* A premium below this is rounding: the bound does not bind. */
#define LEAST_PREMIUM 1e-9
/* Step along the path for derivatives with respect to the bounds of caps, and the tolerance of the
 * two solves: their difference must outweigh their errors. */
#define CAP_STEP 1e-3
#define CAP_TOLERANCE 1e-12

static const double node_at[NODES] = {-0.93246951420315202781, -0.66120938646626451366,
                                      -0.23861918608319690863, 0.23861918608319690863,
                                      0.66120938646626451366,  0.93246951420315202781};
static const double node_weight[NODES] = {0.17132449237917034504, 0.36076157304813860757,
                                          0.46791393457269104739, 0.46791393457269104739,
                                          0.36076157304813860757, 0.17132449237917034504};

/* A place on the path. */
typedef struct station {
    double t, outcome;
    unsigned char *binds; /* caps, then countries: whose bound or finance limit binds */
} station;

typedef struct panel {
    station a, b;
} panel;

/* An argument of the path: where it starts and ends, NULL where the shocks say nothing. */
typedef struct argument {
    const double *from, *to;
    double otherwise; /* stands for an absent `from` */
} argument;

enum { OPENNESS, LATENT, TARIFF, EXPORT_TAX, ARGUMENTS };

/* A node of a panel: its gradient, and what each cap contributes per unit of the path. */
typedef struct node {
    double t;
    double *gradient[ARGUMENTS]; /* flow arrays */
    double *cap;
    double violation;
    ful_error err;
} node;

/* What a thread needs of its own. */
typedef struct place {
    ful_economy_work *work;
    double *value[ARGUMENTS]; /* flow arrays, at the thread's place on the path */
    ful_economy_cap *cap;
} place;

typedef struct path {
    const ful_economy_model *model;
    const ful_economy_shock *to;
    argument argument[ARGUMENTS];
    ful_economy_cap *start_cap; /* bounds at the start */
    int country, countries;
    ful_economy_outcome_kind kind;
    size_t flows;
    ful_economy_view benchmark;
    ful_economy_work *end[2]; /* solutions at both ends */
    int ends;                 /* how many of them are solved */
    place *place;             /* one per thread, and one more for the path itself */
    node node[NODES];
    ful_economy_options options;
    ful_attribution *out;
} path;

/* ---- a place on the path ---- */

static double between(double from, double to, double t)
{
    return from == to ? from : from + t * (to - from);
}

/* Bounds move from what is gripped in the benchmark; those that do not bind there stand still. */
static void move_cap(ful_economy_cap *c, const path *p, int k, double t)
{
    c->value = between(p->start_cap[k].value, p->to->cap[k].value, t);
    c->quantity = between(p->start_cap[k].quantity, p->to->cap[k].quantity, t);
}

static ful_economy_shock shock_at(const path *p, place *here, double t)
{
    ful_economy_shock shock = *p->to;
    const double **member[ARGUMENTS] = {&shock.openness, &shock.latent_openness, &shock.tariff,
                                        &shock.export_tax};
    for (int k = 0; k < ARGUMENTS; k++) {
        const argument *x = &p->argument[k];
        if (!x->to)
            continue;
        for (size_t a = 0; a < p->flows; a++)
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

static double outcome_of(const path *p, const ful_economy_view *v)
{
    const ful_economy_outcome *o = &v->outcome[p->country];
    const double all[] = {[FUL_WELFARE] = o->welfare,
                          [FUL_REAL_INCOME] = o->real_income,
                          [FUL_REAL_GDP] = o->real_gdp,
                          [FUL_EXPORTS] = o->exports,
                          [FUL_IMPORTS] = o->imports};
    return all[p->kind];
}

static ful_status solve(double *outcome, double *violation, const path *p, place *here, double t,
                        const ful_economy_shock *shock, double tolerance, ful_error *err)
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

/* Which bounds and finance limits bind in the solution that the place holds. */
static void read_binding(unsigned char *binds, const path *p, const place *here)
{
    ful_economy_view v;
    ful_economy_view_get(&v, p->model, here->work);
    for (int k = 0; k < p->to->caps; k++)
        binds[k] = v.cap[k].premium > LEAST_PREMIUM;
    for (int n = 0; n < p->countries; n++) {
        const double due = p->benchmark.transfer[n] + (p->to->transfer ? p->to->transfer[n] : 0);
        binds[p->to->caps + n] =
            due > 0 && fabs(v.transfer[n] - due) > LIMIT_GAP * p->benchmark.income[n];
    }
}

/* Solve at x->t and note what binds there. */
static ful_status visit(station *x, path *p, ful_error *err)
{
    place *here = &p->place[0];
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

static int same_binding(const path *p, const station *a, const station *b)
{
    return memcmp(a->binds, b->binds, (size_t)(p->to->caps + p->countries)) == 0;
}

/* ---- a panel ---- */

/* What each binding cap contributes per unit of the path: its bound alone moves on and back. */
static ful_status cap_rates(node *x, const path *p, place *here, ful_error *err)
{
    ful_economy_view v;
    const double h = fmin(CAP_STEP, fmin(x->t, 1 - x->t) / 2);
    ful_economy_shock shock = shock_at(p, here, x->t);
    ful_economy_view_get(&v, p->model, here->work);
    for (int k = 0; k < shock.caps; k++)
        x->cap[k] = v.cap[k].premium > LEAST_PREMIUM ? 1 : 0;
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

static ful_status solve_node(void *user, int index, int thread)
{
    path *p = user;
    node *x = &p->node[index];
    place *here = &p->place[thread];
    double outcome;
    const ful_economy_shock shock = shock_at(p, here, x->t);
    ful_economy_gradient gradient = {.openness = x->gradient[OPENNESS],
                                     .latent_openness = x->gradient[LATENT],
                                     .tariff = x->gradient[TARIFF],
                                     .export_tax = x->gradient[EXPORT_TAX]};
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
static double rate(const path *p, const node *x)
{
    double sum = 0;
    for (int k = 0; k < ARGUMENTS; k++) {
        const argument *y = &p->argument[k];
        for (size_t a = 0; y->to && a < p->flows; a++) {
            const double change = y->to[a] - (y->from ? y->from[a] : y->otherwise);
            if (change != 0)
                sum += x->gradient[k][a] * change;
        }
    }
    for (int k = 0; k < p->to->caps; k++)
        sum += x->cap[k];
    return sum;
}

/* Gradients at the nodes of [a, b]; *error is what the quadrature misses of the panel's change. */
static ful_status integrate(double *error, path *p, const panel *x, const ful_run *run,
                            ful_error *err)
{
    ful_error errors[NODES];
    const double width = x->b.t - x->a.t;
    for (int k = 0; k < NODES; k++) {
        p->node[k].t = x->a.t + width * (1 + node_at[k]) / 2;
        p->node[k].err = (ful_error){0};
    }
    const ful_status status = ful_parallel_for(NODES, run, NULL, solve_node, p);
    for (int k = 0; k < NODES; k++)
        errors[k] = p->node[k].err;
    if (status != FUL_OK)
        return ful__first_error(status, errors, NODES, err);
    *error = x->b.outcome - x->a.outcome;
    for (int k = 0; k < NODES; k++) {
        *error -= width * node_weight[k] / 2 * rate(p, &p->node[k]);
        p->out->max_violation = fmax(p->out->max_violation, p->node[k].violation);
    }
    p->out->nodes += NODES;
    return FUL_OK;
}

static void accept(path *p, const panel *x, double error)
{
    ful_attribution *out = p->out;
    double *sum[ARGUMENTS] = {out->openness, out->latent_openness, out->tariff, out->export_tax};
    for (int q = 0; q < NODES; q++) {
        const double weight = (x->b.t - x->a.t) * node_weight[q] / 2;
        for (int k = 0; k < ARGUMENTS; k++)
            for (size_t a = 0; sum[k] && a < p->flows; a++)
                sum[k][a] += weight * p->node[q].gradient[k][a];
        for (int k = 0; k < p->to->caps; k++)
            out->cap[k] += weight * p->node[q].cap[k];
    }
    out->residual += error;
    out->panels++;
}

/* ---- the path ---- */

/* Bisect for where the binding changes: x becomes [a, low], [low, high], [high, b]. */
static ful_status find_kink(station *low, station *high, path *p, const panel *x, ful_error *err)
{
    *low = x->a;
    *high = x->b;
    while (high->t - low->t > KINK_WIDTH) {
        station middle = {.t = (low->t + high->t) / 2};
        const ful_status status = visit(&middle, p, err);
        if (status != FUL_OK)
            return status;
        *(same_binding(p, low, &middle) ? low : high) = middle;
    }
    p->out->kinks++;
    return FUL_OK;
}

/* Put the parts of a panel on the stack, the leftmost on top; empty ones are left out. */
static void push(panel *stack, int *waiting, const station *cut, int cuts)
{
    for (int k = cuts - 2; k >= 0; k--)
        if (cut[k + 1].t > cut[k].t)
            stack[(*waiting)++] = (panel){cut[k], cut[k + 1]};
}

/* Cut the path until every panel is good enough or there are too many; the residual says how good.
 */
static ful_status walk(path *p, const panel *whole, const ful_run *run, ful_error *err)
{
    panel stack[4 * MAX_PANELS];
    int waiting = 0;
    const double change = fabs(whole->b.outcome - whole->a.outcome);
    stack[waiting++] = *whole;
    while (waiting > 0) {
        const panel x = stack[--waiting];
        const int full = p->out->panels + waiting >= MAX_PANELS;
        const double width = x.b.t - x.a.t;
        double error = 0;
        if (width > KINK_WIDTH && !full && !same_binding(p, &x.a, &x.b)) {
            station cut[4] = {[0] = x.a, [3] = x.b};
            const ful_status status = find_kink(&cut[1], &cut[2], p, &x, err);
            if (status != FUL_OK)
                return status;
            push(stack, &waiting, cut, 4);
            continue;
        }
        ful_status status = integrate(&error, p, &x, run, err);
        if (status != FUL_OK)
            return status;
        if (full || width <= KINK_WIDTH ||
            fabs(error) <= fmax(RELATIVE_ERROR * change, ABSOLUTE_ERROR)) {
            accept(p, &x, error);
        } else {
            station cut[3] = {[0] = x.a, [2] = x.b};
            cut[1].t = (x.a.t + x.b.t) / 2;
            status = visit(&cut[1], p, err);
            if (status != FUL_OK)
                return status;
            push(stack, &waiting, cut, 3);
        }
        if (run && run->progress)
            run->progress->report(run->progress->user, "path", (int)(1000 * x.b.t), 1000);
    }
    return FUL_OK;
}

static ful_status make_end(path *p, station *x, double t, const ful_allocator *allocator,
                           ful_error *err)
{
    *x = (station){.t = t};
    ful_status status = visit(x, p, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&p->end[p->ends], p->model, allocator, err);
    if (status == FUL_OK)
        ful_economy_work_copy(p->end[p->ends++], p->place[0].work);
    return status;
}

/* ---- construction ---- */

static ful_status check(const path *p, const ful_economy_shock *from, ful_error *err)
{
    if (from->caps > 0)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the start of a path has %d caps, expected none",
                        from->caps);
    for (int k = 0; k < ARGUMENTS; k++) {
        const argument *x = &p->argument[k];
        if ((x->from && !x->to) || (k >= TARIFF && x->to && !x->from))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "one end of a path says what the other leaves open: give both");
    }
    if (p->country < 0 || p->country >= p->countries)
        return ful_fail(err, FUL_ERR_ARGUMENT, "country %d of %d", p->country, p->countries);
    return FUL_OK;
}

/* What each cap grips in the benchmark, or its bound where that is more. */
static ful_status start_caps(path *p, ful_error *err)
{
    const ful_economy_shock *to = p->to;
    p->start_cap = ful_arena_take(p->out->arena, (size_t)to->caps + 1, sizeof *p->start_cap);
    if (!p->start_cap)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for an attribution");
    for (int k = 0; k < to->caps; k++) {
        const ful_economy_cap *c = &to->cap[k];
        double quantity = 0, value = 0;
        for (int e = 0; e < c->entries; e++) {
            const double x = (c->grip ? c->grip[e] : 1) * p->benchmark.flow[c->entry[e]];
            const double *tax = p->argument[EXPORT_TAX].from;
            quantity += x;
            value += x * (1 + (tax ? tax[c->entry[e]] : 0));
        }
        p->start_cap[k].value = fmax(c->value, value);
        p->start_cap[k].quantity = fmax(c->quantity, quantity);
    }
    return FUL_OK;
}

static ful_status make_arrays(path *p, int threads, ful_error *err)
{
    ful_arena *arena = p->out->arena;
    double **sum[ARGUMENTS] = {&p->out->openness, &p->out->latent_openness, &p->out->tariff,
                               &p->out->export_tax};
    const size_t caps = (size_t)p->to->caps;
    int complete = 1;
    for (int k = 0; k < ARGUMENTS; k++) {
        if (!p->argument[k].to)
            continue;
        complete &= (*sum[k] = ful_arena_take(arena, p->flows, sizeof(double))) != NULL;
        for (int q = 0; q < NODES; q++)
            complete &=
                (p->node[q].gradient[k] = ful_arena_take(arena, p->flows, sizeof(double))) != NULL;
        for (int t = 0; t < threads; t++)
            complete &=
                (p->place[t].value[k] = ful_arena_take(arena, p->flows, sizeof(double))) != NULL;
    }
    complete &= (p->out->cap = ful_arena_take(arena, caps + 1, sizeof(double))) != NULL;
    for (int q = 0; q < NODES; q++)
        complete &= (p->node[q].cap = ful_arena_take(arena, caps + 1, sizeof(double))) != NULL;
    for (int t = 0; t < threads; t++)
        complete &=
            (p->place[t].cap = ful_arena_take(arena, caps + 1, sizeof(ful_economy_cap))) != NULL;
    return complete ? FUL_OK : ful_fail(err, FUL_ERR_MEMORY, "out of memory for an attribution");
}

static ful_status attribute(path *p, const ful_run *run, ful_error *err)
{
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const int threads = ful_threads(run) < NODES ? ful_threads(run) : NODES;
    panel whole;
    int made = 0;
    p->place = ful_arena_take(p->out->arena, (size_t)threads, sizeof *p->place);
    ful_status status = p->place ? make_arrays(p, threads, err)
                                 : ful_fail(err, FUL_ERR_MEMORY, "out of memory for a path");
    if (status == FUL_OK)
        status = start_caps(p, err);
    for (; status == FUL_OK && made < threads; made += status == FUL_OK)
        status = ful_economy_work_new(&p->place[made].work, p->model, allocator, err);
    if (status == FUL_OK)
        status = make_end(p, &whole.a, 0, allocator, err);
    if (status == FUL_OK)
        status = make_end(p, &whole.b, 1, allocator, err);
    if (status == FUL_OK) {
        p->out->start = whole.a.outcome;
        p->out->end = whole.b.outcome;
        status = walk(p, &whole, run, err);
    }
    for (int t = 0; t < made; t++)
        ful_economy_work_free(p->place[t].work);
    for (int k = 0; k < 2; k++)
        ful_economy_work_free(p->end[k]);
    return status;
}

ful_status ful_study_attribution(ful_attribution *out, const ful_economy_model *model,
                                 const ful_economy_shock *from, const ful_economy_shock *to,
                                 int country, ful_economy_outcome_kind kind, const ful_run *run,
                                 ful_error *err)
{
    static const ful_economy_shock benchmark;
    memset(out, 0, sizeof *out);
    from = from ? from : &benchmark;
    path p = {.model = model,
              .to = to,
              .argument = {[OPENNESS] = {from->openness, to->openness, 1},
                           [LATENT] = {from->latent_openness, to->latent_openness, 0},
                           [TARIFF] = {from->tariff, to->tariff, 0},
                           [EXPORT_TAX] = {from->export_tax, to->export_tax, 0}},
              .country = country,
              .countries = ful_economy_countries(model),
              .kind = kind,
              .flows = ful_economy_flows(model),
              .out = out};
    ful_economy_options_default(&p.options);
    p.options.stop = run ? run->stop : NULL;
    ful_economy_benchmark(&p.benchmark, model);
    ful_status status = check(&p, from, err);
    if (status == FUL_OK)
        status = ful_arena_new(&out->arena, run ? run->allocator : NULL, err);
    if (status == FUL_OK)
        status = attribute(&p, run, err);
    if (status != FUL_OK)
        ful_attribution_clear(out);
    return status;
}

void ful_attribution_clear(ful_attribution *attribution)
{
    ful_arena_free(attribution->arena);
    memset(attribution, 0, sizeof *attribution);
}
