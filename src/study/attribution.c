/* SPDX-License-Identifier: MIT */
/*
 * Aumann & Shapley along the straight path between two shocks, by Gauss-Legendre quadrature of the
 * adjoint gradient. Since the outcome is also solved at both ends of every panel, the error of each
 * is known, and panels are halved until it is small. Where a cap or a finance limit begins or
 * ceases to bind the derivative jumps: the place is found by bisection and the path is cut there.
 * Every solve starts from the nearer end of the path, so that nothing depends on order or threads.
 */
#include "study/path.h"

#include <math.h>
#include <string.h>

#include "study/first_error.h"

/* A panel is good enough when its error is this share of the whole change, or this much. */
#define RELATIVE_ERROR 1e-7
#define ABSOLUTE_ERROR 1e-11
#define MAX_PANELS 64
/* The place of a kink on the path is known to this; a panel that short is taken as it is. */
#define KINK_WIDTH 1e-6

static const double node_at[FUL__NODES] = {-0.93246951420315202781, -0.66120938646626451366,
                                           -0.23861918608319690863, 0.23861918608319690863,
                                           0.66120938646626451366,  0.93246951420315202781};
static const double node_weight[FUL__NODES] = {0.17132449237917034504, 0.36076157304813860757,
                                               0.46791393457269104739, 0.46791393457269104739,
                                               0.36076157304813860757, 0.17132449237917034504};

typedef struct panel {
    ful__station a, b;
} panel;

/* ---- a panel ---- */

/* Gradients at the nodes of [a, b]; *error is what the quadrature misses of the panel's change. */
static ful_status integrate(double *error, ful__path *p, const panel *x, const ful_run *run,
                            ful_error *err)
{
    ful_error errors[FUL__NODES];
    const double width = x->b.t - x->a.t;
    for (int k = 0; k < FUL__NODES; k++) {
        p->node[k].t = x->a.t + width * (1 + node_at[k]) / 2;
        p->node[k].err = (ful_error){0};
    }
    const ful_status status = ful_parallel_for(FUL__NODES, run, NULL, ful__path_solve_node, p);
    for (int k = 0; k < FUL__NODES; k++)
        errors[k] = p->node[k].err;
    if (status != FUL_OK)
        return ful__first_error(status, errors, FUL__NODES, err);
    *error = x->b.outcome - x->a.outcome;
    for (int k = 0; k < FUL__NODES; k++) {
        *error -= width * node_weight[k] / 2 * ful__path_rate(p, &p->node[k]);
        p->out->max_violation = fmax(p->out->max_violation, p->node[k].violation);
    }
    p->out->nodes += FUL__NODES;
    return FUL_OK;
}

static void accept(ful__path *p, const panel *x, double error)
{
    ful_attribution *out = p->out;
    double *sum[FUL__ARGUMENTS] = {out->openness, out->latent_openness, out->productivity,
                                   out->tariff, out->export_tax};
    for (int q = 0; q < FUL__NODES; q++) {
        const double weight = (x->b.t - x->a.t) * node_weight[q] / 2;
        for (int k = 0; k < FUL__ARGUMENTS; k++)
            for (size_t a = 0; sum[k] && a < p->argument[k].count; a++)
                sum[k][a] += weight * p->node[q].gradient[k][a];
        for (int k = 0; k < p->to->caps; k++)
            out->cap[k] += weight * p->node[q].cap[k];
    }
    out->residual += error;
    out->panels++;
}

/* ---- the path ---- */

/* Bisect for where the binding changes: x becomes [a, low], [low, high], [high, b]. */
static ful_status find_kink(ful__station *low, ful__station *high, ful__path *p, const panel *x,
                            ful_error *err)
{
    *low = x->a;
    *high = x->b;
    while (high->t - low->t > KINK_WIDTH) {
        ful__station middle = {.t = (low->t + high->t) / 2};
        const ful_status status = ful__path_visit(&middle, p, err);
        if (status != FUL_OK)
            return status;
        *(ful__path_same_binding(p, low, &middle) ? low : high) = middle;
    }
    p->out->kinks++;
    return FUL_OK;
}

/* Put the parts of a panel on the stack, the leftmost on top; empty ones are left out. */
static void push(panel *stack, int *waiting, const ful__station *cut, int cuts)
{
    for (int k = cuts - 2; k >= 0; k--)
        if (cut[k + 1].t > cut[k].t)
            stack[(*waiting)++] = (panel){cut[k], cut[k + 1]};
}

/* Cut the path until every panel is good enough or there are too many; the residual says how good.
 */
static ful_status walk(ful__path *p, const panel *whole, const ful_run *run, ful_error *err)
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
        if (width > KINK_WIDTH && !full && !ful__path_same_binding(p, &x.a, &x.b)) {
            ful__station cut[4] = {[0] = x.a, [3] = x.b};
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
            ful__station cut[3] = {[0] = x.a, [2] = x.b};
            cut[1].t = (x.a.t + x.b.t) / 2;
            status = ful__path_visit(&cut[1], p, err);
            if (status != FUL_OK)
                return status;
            push(stack, &waiting, cut, 3);
        }
        if (run && run->progress)
            run->progress->report(run->progress->user, "path", (int)(1000 * x.b.t), 1000);
    }
    return FUL_OK;
}

static ful_status make_end(ful__path *p, ful__station *x, double t, const ful_allocator *allocator,
                           ful_error *err)
{
    *x = (ful__station){.t = t};
    ful_status status = ful__path_visit(x, p, err);
    if (status == FUL_OK)
        status = ful_economy_work_new(&p->end[p->ends], p->model, allocator, err);
    if (status == FUL_OK)
        ful_economy_work_copy(p->end[p->ends++], p->place[0].work);
    return status;
}

/* ---- construction ---- */

static ful_status check(const ful__path *p, const ful_economy_shock *from, ful_error *err)
{
    if (from->caps > 0)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the start of a path has %d caps, expected none",
                        from->caps);
    if (from->hubs > 0 || p->to->hubs > 0)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "a path on which %d hubs fill, expected none: give hubs at given costs "
                        "(ful_setting.hub_cost)",
                        from->hubs > 0 ? from->hubs : p->to->hubs);
    for (int k = 0; k < FUL__ARGUMENTS; k++) {
        const ful__argument *x = &p->argument[k];
        if ((x->from && !x->to) || (k >= FUL__TARIFF && x->to && !x->from))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "one end of a path says what the other leaves open: give both");
    }
    if (p->country < 0 || p->country >= p->countries)
        return ful_fail(err, FUL_ERR_ARGUMENT, "country %d of %d", p->country, p->countries);
    return FUL_OK;
}

/* What each cap grips in the benchmark, or its bound where that is more. */
static ful_status start_caps(ful__path *p, ful_error *err)
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
            const double *tax = p->argument[FUL__EXPORT_TAX].from;
            quantity += x;
            value += x * (1 + (tax ? tax[c->entry[e]] : 0));
        }
        p->start_cap[k].value = fmax(c->value, value);
        p->start_cap[k].quantity = fmax(c->quantity, quantity);
    }
    return FUL_OK;
}

static ful_status make_arrays(ful__path *p, int threads, ful_error *err)
{
    ful_arena *arena = p->out->arena;
    double **sum[FUL__ARGUMENTS] = {&p->out->openness, &p->out->latent_openness,
                                    &p->out->productivity, &p->out->tariff, &p->out->export_tax};
    const size_t caps = (size_t)p->to->caps;
    int complete = 1;
    for (int k = 0; k < FUL__ARGUMENTS; k++) {
        const size_t count = p->argument[k].count;
        if (!p->argument[k].to)
            continue;
        complete &= (*sum[k] = ful_arena_take(arena, count, sizeof(double))) != NULL;
        for (int q = 0; q < FUL__NODES; q++)
            complete &=
                (p->node[q].gradient[k] = ful_arena_take(arena, count, sizeof(double))) != NULL;
        for (int t = 0; t < threads; t++)
            complete &=
                (p->place[t].value[k] = ful_arena_take(arena, count, sizeof(double))) != NULL;
    }
    complete &= (p->out->cap = ful_arena_take(arena, caps + 1, sizeof(double))) != NULL;
    for (int q = 0; q < FUL__NODES; q++)
        complete &= (p->node[q].cap = ful_arena_take(arena, caps + 1, sizeof(double))) != NULL;
    for (int t = 0; t < threads; t++)
        complete &=
            (p->place[t].cap = ful_arena_take(arena, caps + 1, sizeof(ful_economy_cap))) != NULL;
    return complete ? FUL_OK : ful_fail(err, FUL_ERR_MEMORY, "out of memory for an attribution");
}

static ful_status attribute(ful__path *p, const ful_run *run, ful_error *err)
{
    const ful_allocator *allocator = run ? run->allocator : NULL;
    const int threads = ful_threads(run) < FUL__NODES ? ful_threads(run) : FUL__NODES;
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
    const size_t flows = ful_economy_flows(model);
    const size_t cells = (size_t)ful_economy_countries(model) * (size_t)ful_economy_sectors(model);
    ful__path p = {
        .model = model,
        .to = to,
        .argument = {[FUL__OPENNESS] = {from->openness, to->openness, 1, flows},
                     [FUL__LATENT] = {from->latent_openness, to->latent_openness, 0, flows},
                     [FUL__PRODUCTIVITY] = {from->productivity, to->productivity, 1, cells},
                     [FUL__TARIFF] = {from->tariff, to->tariff, 0, flows},
                     [FUL__EXPORT_TAX] = {from->export_tax, to->export_tax, 0, flows}},
        .country = country,
        .countries = ful_economy_countries(model),
        .kind = kind,
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
