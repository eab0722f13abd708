/* SPDX-License-Identifier: MIT */
/*
 * The solver: one fixed point in logs, accelerated by Anderson mixing (Walker & Ni 2011). What trades
 * with whom is settled first, so that closed flows are exact zeros and a country cut off from the
 * rest has a numeraire of its own.
 */
#include "base/clones.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

/* A step longer than this in logs says that the quadratic model of the mixing has left its range. */
#define MAX_STEP 2.0
/* A unit column whose part outside the newer ones is below this squared length is rounding. */
#define RANK_TOLERANCE 1e-12

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

/* ---- what trades with whom -------------------------------------------------------------------- */

static void fold(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock)
{
    const int N = m->N, J = m->J;
    for (int j = 0; j < J; j++) {
        const size_t block = ful__at(N, j, 0, 0), end = block + (size_t)N * (size_t)N;
        for (size_t a = block; a < end; a++) {
            const double open = shock && shock->openness ? shock->openness[a] : 1;
            const double before = m->tariff ? m->tariff[a] : 0;
            const double after = shock && shock->tariff ? shock->tariff[a] : before;
            double weight = m->share[a] * open;
            if (m->latent && shock && shock->latent_openness)
                weight += m->latent_share[a] * shock->latent_openness[a];
            if (after != before)
                weight *= pow((1 + after) / (1 + before), -m->theta[j]);
            w->weight[a] = weight;
            w->paid[a] = weight / (1 + after);
        }
    }
}

static ful_status check_shock(const ful_economy_model *m, const ful_economy_shock *shock,
                              ful_error *err)
{
    const size_t flows = (size_t)m->J * (size_t)m->N * (size_t)m->N;
    for (size_t a = 0; shock && a < flows; a++) {
        const double open = shock->openness ? shock->openness[a] : 1;
        const double latent = shock->latent_openness ? shock->latent_openness[a] : 0;
        const double tariff = shock->tariff ? shock->tariff[a] : 0;
        if (!(open >= 0 && open <= 1e100) || !(latent >= 0 && latent <= 1e100) ||
            !(tariff > -1 && tariff < 1e6))
            return ful_fail(err, FUL_ERR_ARGUMENT,
                            "openness %g, latent openness %g, tariff %g of flow %zu: expected openness "
                            "0 or more and a tariff above -1",
                            open, latent, tariff, a);
    }
    for (int c = 0; shock && shock->productivity && c < m->N * m->J; c++)
        if (!(shock->productivity[c] > 0 && shock->productivity[c] < 1e100))
            return ful_fail(err, FUL_ERR_ARGUMENT, "productivity of cell %d is %g, expected above 0", c,
                            shock->productivity[c]);
    return FUL_OK;
}

/*
 * Which sectors are still wanted, and so which inputs. Starts from final demand and follows the
 * suppliers until nothing is added; a wanted cell without a supplier has no price.
 */
static ful_status follow_demand(const ful_economy_model *m, ful_economy_work *w, ful_error *err)
{
    const int N = m->N, J = m->J;
    memset(w->active, 0, (size_t)(N * J));
    for (int a = 0; a < N * J; a++)
        w->demand[a] = m->alpha[a] > 0;
    for (int changed = 1; changed;) {
        changed = 0;
        for (int j = 0; j < J; j++)
            for (int n = 0; n < N; n++) {
                if (!w->demand[n * J + j])
                    continue;
                const double *row = w->weight + ful__at(N, j, n, 0);
                for (int i = 0; i < N; i++)
                    if (row[i] > 0 && !w->active[i * J + j])
                        changed = w->active[i * J + j] = 1;
            }
        for (int a = 0; a < N * J; a++)
            for (int k = 0; w->active[a] && k < J; k++)
                if (m->input[(size_t)a * (size_t)J + (size_t)k] > 0 && !w->demand[a - a % J + k])
                    changed = w->demand[a - a % J + k] = 1;
    }
    for (int j = 0; j < J; j++)
        for (int n = 0; n < N; n++) {
            const double *row = w->weight + ful__at(N, j, n, 0);
            double sum = 0;
            for (int i = 0; i < N; i++)
                sum += row[i];
            char a[16], b[16];
            if (w->demand[n * J + j] && !(sum > 0))
                return ful_fail(err, FUL_ERR_INFEASIBLE,
                                "%s has no seller left for sector %s, which it needs: let some trade "
                                "through or add an evasion route",
                                ful__country_name(m, n, a), ful__sector_name(m, j, b));
        }
    return FUL_OK;
}

static int root(int *parent, int n)
{
    while (parent[n] != n)
        n = parent[n] = parent[parent[n]];
    return n;
}

/* Countries that still trade, directly or through others, share a component. */
static void find_components(const ful_economy_model *m, ful_economy_work *w)
{
    const int N = m->N, J = m->J;
    int sets = N; /* once all are joined the rest of the flows has nothing to add */
    for (int n = 0; n < N; n++)
        w->component[n] = n;
    for (int j = 0; j < J && sets > 1; j++)
        for (int n = 0; n < N; n++)
            for (int i = 0; w->demand[n * J + j] && i < N; i++)
                if (w->weight[ful__at(N, j, n, i)] > 0) {
                    const int a = root(w->component, n), b = root(w->component, i);
                    w->component[a > b ? a : b] = a > b ? b : a;
                    sets -= a != b;
                }
    for (int n = 0; n < N; n++)
        w->component[n] = root(w->component, n);
}

/* A fixed transfer needs trade to carry it: within each component transfers must balance. */
static ful_status check_transfers(const ful_economy_model *m, const ful_economy_work *w,
                                  ful_error *err)
{
    for (int c = 0; m->closure == FUL_CLOSURE_FIXED && c < m->N; c++) {
        double sum = 0;
        int largest = -1;
        for (int n = 0; n < m->N; n++)
            if (w->component[n] == c) {
                sum += m->transfer[n];
                if (largest < 0 || fabs(m->transfer[n]) > fabs(m->transfer[largest]))
                    largest = n;
            }
        char name[16];
        if (fabs(sum) > 1e-9 * m->world)
            return ful_fail(err, FUL_ERR_INFEASIBLE,
                            "%s is cut off from the countries that finance its transfer of %g: use the "
                            "closure 'financed' or 'zero'",
                            ful__country_name(m, largest, name), m->transfer[largest]);
    }
    return FUL_OK;
}

ful_status ful__economy_prepare(const ful_economy_model *m, ful_economy_work *w,
                                const ful_economy_shock *shock, ful_error *err)
{
    ful_status status = check_shock(m, shock, err);
    if (status != FUL_OK)
        return status;
    fold(m, w, shock);
    status = follow_demand(m, w, err);
    if (status != FUL_OK)
        return status;
    find_components(m, w);
    return check_transfers(m, w, err);
}

/* Logs of the benchmark: every hat is one. */
static void start_cold(const ful_economy_model *m, ful_economy_work *w)
{
    const int cells = m->N * m->J;
    memset(w->x, 0, sizeof(double) * ((size_t)m->N + 3 * (size_t)cells));
    double *log_spending = w->x + m->N + cells;
    for (int a = 0; a < cells; a++)
        log_spending[a] = m->spending[a] > 0 ? log(m->spending[a]) : 0;
}

/* ---- mixing ----------------------------------------------------------------------------------- */

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

/* x <- x + f - (dX + dF) c, where c makes |f - dF c| smallest; plain where the columns degenerate. */
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
        longest = fmax(longest, fabs(w->g[u]));
    const double scale = longest > MAX_STEP ? MAX_STEP / longest : 1;
    for (int u = 0; u < U; u++)
        w->x[u] += scale * w->g[u];
}

/* ---- the solve -------------------------------------------------------------------------------- */

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

/* Iterate from w->x to the fixed point. */
static ful_status iterate(const ful_economy_model *m, ful_economy_work *w,
                          const ful_economy_shock *shock, const ful_economy_options *o,
                          ful_error *err)
{
    mixing mix = {.depth = o->depth};
    double best = INFINITY;
    for (int pass = 1; pass <= o->max_passes; pass++) {
        if (o->stop && *o->stop)
            return ful_fail(err, FUL_INTERRUPTED, "interrupted after %d passes", pass - 1);
        const double residual = ful__economy_pass(m, w, shock, w->x, w->f);
        w->report = (ful_economy_report){pass, residual};
        if (residual <= o->tolerance)
            return FUL_OK;
        if (!isfinite(residual))
            return ful_fail(err, FUL_NOT_CONVERGED, "the iteration left the range of numbers in pass %d",
                            pass);
        for (int u = 0; u < w->unknowns; u++)
            w->f[u] -= w->x[u];
        /* a residual that explodes says that old differences mislead */
        if (residual > 100 * best)
            mix.count = mix.next = 0, best = residual;
        else if (pass > 1 && mix.depth > 0)
            remember(&mix, w);
        best = fmin(best, residual);
        advance(&mix, w);
    }
    return ful_fail(err, FUL_NOT_CONVERGED, "residual %.3g after %d passes, tolerance %.3g",
                    w->report.residual, w->report.passes, o->tolerance);
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

    *report = (ful_economy_report){0, INFINITY};
    ful_status status = ful__economy_prepare(model, work, shock, err);
    if (status != FUL_OK)
        return status;
    if (!work->warm)
        start_cold(model, work);
    work->unknowns = model->N + (is_mobile(model) ? 2 : 3) * model->N * model->J;
    status = iterate(model, work, shock, &o, err);
    *report = work->report;
    /* a start from an iterate that failed would only fail again */
    work->warm = status == FUL_OK;
    if (status == FUL_OK)
        ful__economy_outcomes(model, work);
    return status;
}
