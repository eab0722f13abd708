/* SPDX-License-Identifier: MIT */
/*
 * The solver: one fixed point in logs, accelerated by Anderson mixing (Walker & Ni 2011).
 */
#include "base/clones.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A step longer than this in logs says that the quadratic model of the mixing has left its
 * range. */
#define MAX_STEP 2.0
/* A unit column whose part outside the newer ones is below this squared length is rounding. */
#define RANK_TOLERANCE 1e-12
/* A residual this many times the best so far says that the differences kept no longer describe
 * it. */
#define EXPLODED 10

/* ---- workspace ------------------------------------------------------------------------------- */

static void *place(unsigned char *base, size_t *used, size_t count, size_t size)
{
    *used = (*used + 63) & ~(size_t)63;
    void *block = base ? base + *used : NULL;
    *used += count * size;
    return block;
}

#define DOUBLES(field, count) w->field = place(base, &used, (count), sizeof(double))

static size_t lay_out(ful_economy_work *w, unsigned char *base, int countries, int sectors)
{
    const size_t N = (size_t)countries, J = (size_t)sectors, cells = N * J;
    const size_t unknowns = N + 3 * cells;
    size_t used = sizeof *w;
    DOUBLES(x, unknowns);
    DOUBLES(g, unknowns);
    DOUBLES(dx, unknowns * FUL_ECONOMY_MAX_DEPTH);
    DOUBLES(df, unknowns * FUL_ECONOMY_MAX_DEPTH);
    DOUBLES(last_x, unknowns);
    DOUBLES(last_f, unknowns);
    DOUBLES(f, unknowns);
    DOUBLES(weight, cells * N);
    DOUBLES(paid, cells * N);
    DOUBLES(flow, cells * N);
    DOUBLES(ctheta, cells);
    DOUBLES(log_cost, cells);
    DOUBLES(cost, cells);
    DOUBLES(price, cells);
    DOUBLES(output, cells);
    DOUBLES(spending, cells);
    DOUBLES(value_added, cells);
    DOUBLES(final_price, N);
    DOUBLES(income, N);
    DOUBLES(revenue, N);
    DOUBLES(transfer, N);
    DOUBLES(exports, N);
    DOUBLES(imports, N);
    DOUBLES(demanded, N);
    DOUBLES(row, 2 * N > J ? 2 * N : J);
    w->outcome = place(base, &used, N, sizeof *w->outcome);
    w->component = place(base, &used, N, sizeof *w->component);
    w->queue = place(base, &used, 2 * N, sizeof *w->queue);
    w->link = place(base, &used, N * N, 1);
    w->active = place(base, &used, cells, 1);
    w->demand = place(base, &used, cells, 1);
    return used;
}

ful_status ful_economy_work_new(ful_economy_work **out, const ful_economy_model *model,
                                const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    const ful_allocator *source = ful__allocator_or_default(allocator);
    ful_economy_work measure;
    const size_t bytes = lay_out(&measure, NULL, model->N, model->J);
    unsigned char *block = ful__take(source, bytes);
    if (!block)
        return ful_fail(err, FUL_ERR_MEMORY, "out of memory for a workspace of %zu bytes", bytes);
    ful_economy_work *w = (ful_economy_work *)block;
    lay_out(w, block, model->N, model->J);
    w->allocator = source;
    w->bytes = bytes;
    w->N = model->N;
    w->J = model->J;
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
    work->warm = 0;
}

void ful_economy_work_copy(ful_economy_work *to, const ful_economy_work *from)
{
    memcpy(to->x, from->x, sizeof(double) * ((size_t)from->N + 3 * (size_t)(from->N * from->J)));
    to->warm = from->warm;
}

/* ---- the start ------------------------------------------------------------------------------- */

/* Logs of the benchmark: every hat is one. */
static void start_cold(const ful_economy_model *m, ful_economy_work *w)
{
    const int cells = m->N * m->J;
    memset(w->x, 0, sizeof(double) * ((size_t)m->N + 3 * (size_t)cells));
    double *log_spending = w->x + m->N + cells;
    for (int a = 0; a < cells; a++)
        log_spending[a] = m->spending[a] > 0 ? log(m->spending[a]) : 0;
}

/* Cells out of use are held at their benchmark, so that nothing of an earlier solve shows there. */
static void hold_unused(const ful_economy_model *m, ful_economy_work *w)
{
    const int cells = m->N * m->J;
    double *log_price = w->x + m->N, *log_spending = log_price + cells,
           *log_l = log_spending + cells;
    for (int a = 0; a < cells; a++) {
        if (!w->demand[a]) {
            log_price[a] = 0;
            log_spending[a] = m->spending[a] > 0 ? log(m->spending[a]) : 0;
        }
        if (!w->active[a] || !(m->value_added[a] > 0) || isinf(m->kappa[a / m->J]))
            log_l[a] = 0;
    }
}

/* ---- mixing ---------------------------------------------------------------------------------- */

FUL_CLONES
static double dot(int n, const double *a, const double *b)
{
    double s[8] = {0};
    int i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            s[k] += a[i + k] * b[i + k];
    for (int k = 0; i < n; i++, k++)
        s[k] += a[i] * b[i];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/*
 * Solve the normal equations A c = b by Cholesky, columns scaled to unit length, newest first. A
 * column that the newer ones already span gets the coefficient 0.
 */
static void solve_normal(int n, double A[][FUL_ECONOMY_MAX_DEPTH], double *b)
{
    double scale[FUL_ECONOMY_MAX_DEPTH];
    int used[FUL_ECONOMY_MAX_DEPTH];
    for (int i = 0; i < n; i++)
        scale[i] = A[i][i] > 0 ? 1 / sqrt(A[i][i]) : 0;
    for (int i = 0; i < n; i++) {
        b[i] *= scale[i];
        for (int j = 0; j <= i; j++) {
            double s = A[i][j] * scale[i] * scale[j];
            for (int k = 0; k < j; k++)
                s -= A[i][k] * A[j][k];
            if (i == j) {
                used[i] = s > RANK_TOLERANCE;
                A[i][i] = used[i] ? sqrt(s) : 1;
            } else {
                A[i][j] = used[j] ? s / A[j][j] : 0;
            }
        }
        for (int k = 0; k < i; k++)
            b[i] -= A[i][k] * b[k];
        b[i] = used[i] ? b[i] / A[i][i] : 0;
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= used[k] ? A[k][i] * b[k] : 0;
        b[i] = used[i] ? b[i] / A[i][i] : 0;
    }
    for (int i = 0; i < n; i++)
        b[i] *= scale[i];
}

/* g -= c (dx + df) */
FUL_CLONES
static void subtract(int n, double *g, double c, const double *dx, const double *df)
{
    for (int u = 0; u < n; u++)
        g[u] -= c * (dx[u] + df[u]);
}

/* The differences of steps, newest last in age; the Gram matrix is kept up to date row by row. */
typedef struct mixing {
    int depth, count, next;
    double gram[FUL_ECONOMY_MAX_DEPTH][FUL_ECONOMY_MAX_DEPTH];
} mixing;

static void remember(mixing *mix, ful_economy_work *w)
{
    const int U = w->unknowns, slot = mix->next;
    double *dx = w->dx + (size_t)slot * (size_t)U, *df = w->df + (size_t)slot * (size_t)U;
    for (int u = 0; u < U; u++) {
        dx[u] = w->x[u] - w->last_x[u];
        df[u] = w->f[u] - w->last_f[u];
    }
    mix->next = (slot + 1) % mix->depth;
    if (mix->count < mix->depth)
        mix->count++;
    for (int k = 0; k < mix->count; k++)
        mix->gram[slot][k] = mix->gram[k][slot] = dot(U, df, w->df + (size_t)k * (size_t)U);
}

/* x <- x + f - (dX + dF) c, where c makes |f - dF c| smallest; plain where the columns
 * degenerate. */
static void advance(mixing *mix, ful_economy_work *w)
{
    const int U = w->unknowns;
    double A[FUL_ECONOMY_MAX_DEPTH][FUL_ECONOMY_MAX_DEPTH], c[FUL_ECONOMY_MAX_DEPTH];
    int slot[FUL_ECONOMY_MAX_DEPTH]; /* newest first */
    for (int k = 0; k < mix->count; k++)
        slot[k] = (mix->next - 1 - k + 2 * mix->depth) % mix->depth;
    for (int k = 0; k < mix->count; k++) {
        c[k] = dot(U, w->f, w->df + (size_t)slot[k] * (size_t)U);
        for (int l = 0; l <= k; l++)
            A[k][l] = mix->gram[slot[k]][slot[l]];
    }
    solve_normal(mix->count, A, c);
    memcpy(w->last_x, w->x, sizeof(double) * (size_t)U);
    memcpy(w->last_f, w->f, sizeof(double) * (size_t)U);
    for (int u = 0; u < U; u++)
        w->g[u] = w->f[u];
    for (int k = 0; k < mix->count; k++) {
        const size_t column = (size_t)slot[k] * (size_t)U;
        subtract(U, w->g, c[k], w->dx + column, w->df + column);
    }
    double longest = 0;
    for (int u = 0; u < U; u++)
        longest = fabs(w->g[u]) > longest ? fabs(w->g[u]) : longest;
    const double scale = longest > MAX_STEP ? MAX_STEP / longest : 1;
    for (int u = 0; u < U; u++)
        w->x[u] += scale * w->g[u];
}

/* ---- the solve ------------------------------------------------------------------------------- */

void ful_economy_options_default(ful_economy_options *options)
{
    *options = (ful_economy_options){.tolerance = 1e-10, .max_passes = 2000, .depth = 16};
}

static int is_mobile(const ful_economy_model *m)
{
    for (int n = 0; n < m->N; n++)
        if (!isinf(m->kappa[n]))
            return 0;
    return 1;
}

/* Who is furthest from equilibrium; a transfer larger than what its giver earns says why. */
static ful_status report_failure(const ful_economy_model *m, const ful_economy_work *w,
                                 const ful_economy_options *o, ful_error *err)
{
    int culprit = 0, poor = -1;
    double largest = -1;
    for (int n = 0; n < m->N; n++) {
        const double gap = fabs(w->demanded[n] / (m->wage_bill[n] * exp(w->x[n])) - 1);
        if (!(gap <= largest)) {
            culprit = n;
            largest = gap;
        }
        if (!(w->income[n] > 0) && poor < 0)
            poor = n;
    }
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
    return ful_fail(
        err, FUL_NOT_CONVERGED,
        "residual %.3g after %d passes, tolerance %.3g; %s is furthest from equilibrium",
        w->report.residual, w->report.passes, o->tolerance, ful__country_name(m, culprit, name));
}

/* Iterate from w->x to the fixed point. */
static ful_status iterate(const ful_economy_model *m, ful_economy_work *w,
                          const ful_economy_shock *shock, const ful_economy_options *o,
                          ful_error *err)
{
    mixing mix = {.depth = o->depth};
    double best = INFINITY;
    uint64_t kinks = 0;
    for (int pass = 1; pass <= o->max_passes; pass++) {
        if (o->stop && *o->stop)
            return ful_fail(err, FUL_INTERRUPTED, "interrupted after %d passes", pass - 1);
        const double residual = ful__economy_pass(m, w, shock, w->x, w->f);
        w->report = (ful_economy_report){pass, residual};
        if (residual <= o->tolerance)
            return FUL_OK;
        if (!isfinite(residual) || pass == o->max_passes)
            break;
        for (int u = 0; u < w->unknowns; u++)
            w->f[u] -= w->x[u];
        /* differences taken across a kink of the closure mislead, and so do those before an
         * explosion */
        if (residual > EXPLODED * best) {
            mix.count = mix.next = 0;
            best = residual;
        } else if (w->kinks != kinks) {
            mix.count = mix.next = 0;
        } else if (pass > 1 && mix.depth > 0) {
            remember(&mix, w);
        }
        kinks = w->kinks;
        best = fmin(best, residual);
        advance(&mix, w);
    }
    return report_failure(m, w, o, err);
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
    if (work->N != model->N || work->J != model->J)
        return ful_fail(err, FUL_ERR_ARGUMENT, "the workspace belongs to a model of another shape");

    *report = work->report = (ful_economy_report){0, INFINITY};
    ful_status status = ful__economy_prepare(model, work, shock, err);
    if (status != FUL_OK)
        return status;
    if (!work->warm)
        start_cold(model, work);
    hold_unused(model, work);
    work->unknowns = model->N + (is_mobile(model) ? 2 : 3) * model->N * model->J;
    status = iterate(model, work, shock, &o, err);
    *report = work->report;
    /* a start from an iterate that failed would only fail again */
    work->warm = status == FUL_OK;
    if (report->passes > 0)
        ful__economy_outcomes(model, work);
    return status;
}
