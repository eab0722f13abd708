/* SPDX-License-Identifier: MIT */
/*
 * The solver: one fixed point in logs. Gaps of the equations (pass.c) become steps of one country
 * after the other (sweep.c, precondition.c), and those the next iterate (mixing.c).
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A step longer than this in logs says that the quadratic model of the mixing has left its range.
 */
#define MAX_STEP 2.0
/* A residual this many times the best so far says that the differences kept no longer describe it.
 */
#define EXPLODED 10
/* The least share of a step that is taken where steps keep crossing kinks for the worse. */
#define LEAST_REACH 0.05
/* Logs of costs beyond this are no longer exact: exp ends at 700. */
#define LARGEST_LOG 600.0
/* Passes after which the steps of whole countries have had their chance. */
#define PATIENCE 250

/* ---- workspace ------------------------------------------------------------------------------- */

#define PLACE(field, count) w->field = ful__place(base, &used, (count), sizeof *w->field)

static size_t whole_vectors(size_t count)
{
    return (count + FUL_ECONOMY_LANES - 1) / FUL_ECONOMY_LANES * FUL_ECONOMY_LANES;
}

/* One number for each unknown, flow or row. */
static size_t place_long(ful_economy_work *w, unsigned char *base, size_t used,
                         const ful_economy_model *m)
{
    const size_t rows = (size_t)m->P * (size_t)m->N, padded = whole_vectors(ful__all_unknowns(m));
    const size_t slots = m->seller ? m->flows : rows * (size_t)m->stride;
    double **const by_unknown[] = {&w->x, &w->f, &w->g, &w->last_x, &w->last_f};
    for (size_t k = 0; k < sizeof by_unknown / sizeof *by_unknown; k++)
        *by_unknown[k] = ful__place(base, &used, padded, sizeof(double));
    PLACE(adjoint, 2 * padded);
    PLACE(dg, padded * FUL_ECONOMY_MAX_DEPTH);
    PLACE(df, padded * FUL_ECONOMY_MAX_DEPTH);
    PLACE(weight_room, slots);
    PLACE(customs_room, slots);
    PLACE(paid_room, slots);
    PLACE(taxes, (size_t)m->P);
    PLACE(folded, ful__units(m));
    PLACE(flow, m->flows);
    PLACE(sum, rows);
    PLACE(scale, rows);
    return used;
}

/* One number for each country, cell or household. */
static size_t place_short(ful_economy_work *w, unsigned char *base, size_t used,
                          const ful_economy_model *m)
{
    const size_t N = (size_t)m->N, J = (size_t)m->J, cells = N * J;
    double **const by_cell[] = {&w->log_cost, &w->log_input,   &w->log_wage,   &w->log_productivity,
                                &w->beta,     &w->price_power, &w->need_scale, &w->cost,
                                &w->price,    &w->output,      &w->spending,   &w->value_added};
    for (size_t k = 0; k < sizeof by_cell / sizeof *by_cell; k++)
        *by_cell[k] = ful__place(base, &used, cells, sizeof(double));
    double **const by_country[] = {&w->final_price, &w->income,  &w->revenue, &w->transfer,
                                   &w->exports,     &w->imports, &w->demanded};
    for (size_t k = 0; k < sizeof by_country / sizeof *by_country; k++)
        *by_country[k] = ful__place(base, &used, N, sizeof(double));
    double **const by_seller[] = {&w->ctheta, &w->receipt,     &w->customs_receipt, &w->bought,
                                  &w->own,    &w->tariff_paid, &w->by_sector,       &w->sells};
    for (size_t k = 0; k < sizeof by_seller / sizeof *by_seller; k++)
        *by_seller[k] = ful__place(base, &used, J * (size_t)m->stride, sizeof(double));
    PLACE(cell, 6 * cells + 8 * N + J);
    PLACE(household_price, (size_t)m->households);
    PLACE(household_income, (size_t)m->households);
    PLACE(household, (size_t)m->households);
    PLACE(cap, FUL_ECONOMY_MAX_CAPS);
    PLACE(cap_share, FUL_ECONOMY_MAX_CAPS * J);
    PLACE(cap_part, FUL_ECONOMY_MAX_CAPS * J);
    PLACE(cap_cost, FUL_ECONOMY_MAX_CAPS * J);
    PLACE(cap_response, FUL_ECONOMY_MAX_CAPS * 3 * J);
    PLACE(hub, FUL_ECONOMY_MAX_HUBS);
    PLACE(fade, FUL_ECONOMY_MAX_HUBS * J);
    PLACE(bare, 2 * cells);
    PLACE(passing, 2 * cells);
    PLACE(capped, 2 * cells);
    PLACE(market, N * N * (size_t)m->words);
    PLACE(cost_step, 2 * N * (size_t)m->words);
    PLACE(won, 2 * N * (size_t)m->words);
    PLACE(outcome, N);
    PLACE(component, N);
    PLACE(reached, N);
    PLACE(queue, 2 * N);
    PLACE(block_scratch, ful__block_scratch(m));
    used = ful__place_block(&w->block, base, used, m);
    PLACE(link, N * N);
    PLACE(carried, N * (size_t)m->stride);
    PLACE(active, cells);
    PLACE(demand, cells);
    return used;
}

static size_t lay_out(ful_economy_work *w, unsigned char *base, const ful_economy_model *m)
{
    return place_short(w, base, place_long(w, base, sizeof *w, m), m);
}

ful_status ful_economy_work_new(ful_economy_work **out, const ful_economy_model *model,
                                const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_economy_work measure;
    const size_t bytes = lay_out(&measure, NULL, model) + FUL__PLACE_SLACK;
    unsigned char *block = ful__take(source, bytes);
    if (!block)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace of %zu bytes", bytes);
    ful_economy_work *w = (ful_economy_work *)block;
    lay_out(w, block, model);
    w->allocator = source;
    w->bytes = bytes;
    w->N = model->N;
    w->J = model->J;
    w->P = model->P;
    w->flows = model->flows;
    w->room = (int)ful__all_unknowns(model);
    *out = w;
    return FUL_OK;
}

void ful_economy_work_free(ful_economy_work *work)
{
    if (work)
        ful__give(work->allocator, work, work->bytes);
}

void ful_economy_work_reset(ful_economy_work *work)
{
    work->warm = work->solved = 0;
}

void ful_economy_work_copy(ful_economy_work *to, const ful_economy_work *from)
{
    memcpy(to->x, from->x, sizeof(double) * (size_t)from->room);
    to->warm = from->warm;
    to->solved = 0; /* what x stands for is no longer what the view shows */
    to->caps = from->caps;
    to->hubs = from->hubs;
}

/* ---- the start ------------------------------------------------------------------------------- */

/* Logs of the benchmark: every hat is one. */
static void start_cold(const ful_economy_model *m, ful_economy_work *w)
{
    memset(w->x, 0, sizeof(double) * ful__all_unknowns(m));
    memcpy(ful__parts(m, w->x).e, m->log_spending, sizeof(double) * (size_t)(m->N * m->J));
}

/* Cells out of use are held at their benchmark, so that nothing of an earlier solve shows there. */
static void hold_unused(const ful_economy_model *m, ful_economy_work *w)
{
    const ful__unknowns x = ful__parts(m, w->x);
    for (int a = 0; a < m->N * m->J; a++) {
        if (!w->demand[a]) {
            x.p[a] = 0;
            x.e[a] = m->log_spending[a];
        }
        if (!w->active[a] || !(m->value_added[a] > 0) || isinf(m->kappa[a / m->J]))
            x.l[a] = 0;
    }
}

/* x -= shift where wanted */
FUL_CLONES
static void shift_wanted(int n, double shift, const unsigned char *restrict wanted,
                         double *restrict x)
{
    for (int a = 0; a < n; a++)
        x[a] -= wanted[a] ? shift : 0;
}

/* Every component keeps the value added of its benchmark: prices have a unit. */
static void normalise(const ful_economy_model *m, const ful_economy_work *w, double *at)
{
    const ful__unknowns x = ful__parts(m, at);
    for (int c = 0; c < m->N; c++) {
        double base = 0, now = 0;
        if (w->component[c] != c)
            continue;
        for (int n = c; n < m->N; n++)
            if (w->component[n] == c) {
                base += m->wage_bill[n];
                now += m->wage_bill[n] * ful__exp(x.y[n]);
            }
        const double shift = log(now / base);
        for (int n = c; n < m->N && isfinite(shift); n++)
            if (w->component[n] == c) {
                const int first = n * m->J;
                x.y[n] -= shift;
                shift_wanted(m->J, shift, w->demand + first, x.p + first);
                shift_wanted(m->J, shift, w->demand + first, x.e + first);
            }
    }
}

/* ---- the solve ------------------------------------------------------------------------------- */

void ful_economy_options_default(ful_economy_options *options)
{
    *options =
        (ful_economy_options){.tolerance = 1e-10, .max_passes = 2000, .depth = 10, .threads = 1};
}

static int is_mobile(const ful_economy_model *m)
{
    for (int n = 0; n < m->N; n++)
        if (!isinf(m->kappa[n]))
            return 0;
    return 1;
}

/* Shares of labour and hubs come last and only where there are any; the shares stand before hubs.
 */
static int count_unknowns(const ful_economy_model *m, const ful_economy_work *w)
{
    const int all = (int)ful__all_unknowns(m) - FUL_ECONOMY_MAX_HUBS;
    return w->hubs > 0 ? all + w->hubs : is_mobile(m) ? all - m->N * m->J : all;
}

/* The hub whose cost is further than *largest from what its use implies, or -1. */
static int furthest_hub(const ful_economy_work *w, const ful_economy_shock *shock, double *largest)
{
    int furthest = -1;
    for (int h = 0; h < w->hubs; h++) {
        const ful_economy_hub *hub = &shock->hub[h];
        const double fuller = (hub->capacity + w->hub[h].value) / (hub->capacity + hub->use);
        const double gap = fabs(pow(fuller, shock->congestion) / w->hub[h].cost - 1);
        if (gap > *largest) {
            *largest = gap;
            furthest = h;
        }
    }
    return furthest;
}

/* Who is furthest from equilibrium; a transfer larger than what its giver earns says why. */
static ful_status report_failure(const ful_economy_model *m, const ful_economy_work *w,
                                 const ful_economy_shock *shock, const ful_economy_options *o,
                                 ful_error *err)
{
    int culprit = 0, poor = -1;
    double largest = -1;
    if (!isfinite(w->report.residual))
        return ful_fail(err, FUL_NOT_CONVERGED,
                        "no residual after %d passes: the shock is larger than numbers can follow",
                        w->report.passes);
    for (int n = 0; n < m->N; n++) {
        const double gap = fabs(w->demanded[n] / (m->wage_bill[n] * exp(w->x[n])) - 1);
        if (!(gap <= largest)) {
            culprit = n;
            largest = gap;
        }
        if (!(w->income[n] > 0) && poor < 0)
            poor = n;
    }
    for (int h = 0; h < m->households && poor < 0; h++)
        if (!(w->household_income[h] > 0))
            poor = m->household_country[h];
    char name[16];
    if (poor >= 0)
        return ful_fail(
            err, FUL_NOT_CONVERGED,
            "residual %.3g after %d passes: %s cannot earn what it has to pay as a transfer "
            "(%g in the benchmark); %s",
            w->report.residual, w->report.passes, ful__country_name(m, poor, name),
            m->transfer[poor],
            m->closure == FUL_CLOSURE_FIXED ? "use the closure 'financed' or 'zero'"
                                            : "lower its finance limit");
    const int hub = furthest_hub(w, shock, &largest);
    if (hub >= 0)
        return ful_fail(
            err, FUL_NOT_CONVERGED,
            "residual %.3g after %d passes, tolerance %.3g; what passes through hub %s, "
            "%g, is furthest from what its cost implies; its capacity is %g",
            w->report.residual, w->report.passes, o->tolerance, ful__hub_name(shock, hub, name),
            w->hub[hub].value, shock->hub[hub].capacity);
    return ful_fail(
        err, FUL_NOT_CONVERGED,
        "residual %.3g after %d passes, tolerance %.3g; %s is furthest from equilibrium",
        w->report.residual, w->report.passes, o->tolerance, ful__country_name(m, culprit, name));
}

/* How the iteration goes: what the mixing remembers, and how far it dares to step. */
typedef struct course {
    ful__mixing mix;
    double best, last; /* residuals */
    double reach;      /* share of a step that is taken, (0,1] */
    uint64_t kinks;
    int cautious; /* steps without the countries' blocks */
} course;

/* Start over from the benchmark, with the steps that go least astray. */
static void start_cautious(const ful_economy_model *m, ful_economy_work *w, course *c)
{
    start_cold(m, w);
    hold_unused(m, w);
    normalise(m, w, w->x);
    *c = (course){.mix = {.depth = c->mix.depth},
                  .best = INFINITY,
                  .last = INFINITY,
                  .reach = 1,
                  .cautious = 1};
}

/*
 * From the gaps in w->f to the next iterate. Differences taken across a kink of a closure or cap
 * mislead, and so do those before an explosion: the mixing forgets them. A step that crossed a kink
 * for the worse was too long.
 */
static void step(const ful_economy_model *m, ful_economy_work *w, course *c)
{
    const double residual = w->report.residual;
    const int crossed = w->kinks != c->kinks, exploded = residual > EXPLODED * c->best;
    if (c->cautious)
        ful__step_alone(m, w, w->f);
    else
        ful__precondition(m, w, w->f);
    if (exploded || crossed)
        c->mix.count = c->mix.next = 0;
    else if (c->last < INFINITY && c->mix.depth > 0)
        ful__mixing_remember(&c->mix, w);
    if ((exploded || crossed) && residual > c->last)
        c->reach = fmax(0.5 * c->reach, LEAST_REACH);
    else
        c->reach = fmin(2 * c->reach, 1);
    c->best = exploded ? residual : fmin(c->best, residual);
    c->last = residual;
    c->kinks = w->kinks;
    ful__mixing_advance(&c->mix, w, c->reach, MAX_STEP);
    normalise(m, w, w->x);
}

/* The equations also have solutions in which somebody owes more than it earns: no equilibria. */
static int all_can_pay(const ful_economy_model *m, const ful_economy_work *w)
{
    for (int n = 0; n < m->N; n++)
        if (!(w->income[n] > 0))
            return 0;
    for (int h = 0; h < m->households; h++)
        if (!(w->household_income[h] > 0))
            return 0;
    return 1;
}

/* A country whose costs or prices have left the range in which exp and its inverse agree, or -1. */
static int out_of_range(const ful_economy_model *m, const ful_economy_work *w)
{
    const ful__unknowns x = ful__parts(m, w->x);
    for (int a = 0; a < m->N * m->J; a++)
        if ((w->active[a] && !(m->theta[a % m->J] * fabs(w->log_cost[a]) <= LARGEST_LOG &&
                               fabs(w->log_cost[a]) <= LARGEST_LOG)) ||
            (w->demand[a] && !(fabs(x.p[a]) <= LARGEST_LOG && fabs(x.e[a]) <= LARGEST_LOG)))
            return a / m->J;
    return -1;
}

/* What satisfies the equations is an equilibrium if everybody can pay, and can be shown if its
 * numbers can be written. */
static ful_status accept(const ful_economy_model *m, const ful_economy_work *w,
                         const ful_economy_shock *shock, const ful_economy_options *o,
                         ful_error *err)
{
    char name[16];
    const int culprit = out_of_range(m, w);
    if (culprit >= 0)
        return ful_fail(
            err, FUL_NOT_CONVERGED,
            "costs or prices in %s have changed by more than a factor of e^%g, to the power "
            "of theta: the shock is larger than numbers can follow",
            ful__country_name(m, culprit, name), LARGEST_LOG);
    return all_can_pay(m, w) ? FUL_OK : report_failure(m, w, shock, o, err);
}

/* Iterate from w->x to the fixed point. */
static ful_status iterate(const ful_economy_model *m, ful_economy_work *w,
                          const ful_economy_shock *shock, const ful_economy_options *o,
                          ful_error *err)
{
    course c = {.mix = {.depth = o->depth}, .best = INFINITY, .last = INFINITY, .reach = 1};
    for (int pass = 1; pass <= o->max_passes; pass++) {
        if (o->stop && *o->stop)
            return ful_fail(err, FUL_INTERRUPTED, "after %d passes", pass - 1);
        const double residual = ful__economy_pass(m, w, shock, w->x, w->f);
        w->report = (ful_economy_report){pass, residual};
        if (residual <= o->tolerance)
            return accept(m, w, shock, o, err);
        if (pass == o->max_passes || (c.cautious && !isfinite(residual)))
            break;
        if (pass == 1) {
            ful__blocks_renew(m, w);
            ful__markets_renew(m, w);
        }
        if (!c.cautious && (pass == PATIENCE || !isfinite(residual)))
            start_cautious(m, w, &c);
        else
            step(m, w, &c);
    }
    return report_failure(m, w, shock, o, err);
}

ful_status ful_economy_solve(ful_economy_report *report, const ful_economy_model *model,
                             ful_economy_work *work, const ful_economy_shock *shock,
                             const ful_economy_options *options, ful_error *err)
{
    ful_economy_options o;
    ful_economy_options_default(&o);
    if (options)
        o = *options;
    if (!(o.tolerance > 0) || o.max_passes < 1 || o.depth < 0 || o.depth > FUL_ECONOMY_MAX_DEPTH)
        return ful_fail(err, FUL_ERR_ARGUMENT,
                        "tolerance %g, %d passes, depth %d: expected above 0, 1 or more, 0..%d",
                        o.tolerance, o.max_passes, o.depth, FUL_ECONOMY_MAX_DEPTH);
    if (work->N != model->N || work->J != model->J || work->P != model->P ||
        work->flows != model->flows)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the workspace belongs to a model of another shape");

    *report = work->report = (ful_economy_report){0, INFINITY};
    work->threads = o.threads;
    if (!work->warm)
        start_cold(model, work);
    ful_status status = ful__economy_prepare(model, work, shock, err);
    if (status != FUL_OK)
        return status;
    work->solved = 0;
    memcpy(work->beta, model->beta, sizeof(double) * (size_t)(model->N * model->J));
    work->moved = -1;
    hold_unused(model, work);
    normalise(model, work, work->x);
    work->unknowns = count_unknowns(model, work);
    work->lead = (int)whole_vectors((size_t)work->unknowns);
    status = iterate(model, work, shock, &o, err);
    *report = work->report;
    /* a start from an iterate that failed would only fail again */
    work->warm = status == FUL_OK;
    if (report->passes > 0)
        ful__economy_outcomes(model, work, shock);
    work->solved = status == FUL_OK;
    return status;
}
