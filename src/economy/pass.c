/* SPDX-License-Identifier: MIT */
/*
 * One pass over the economy: from prices, spending and wage bills to what they imply.
 *
 * Notation (docs/theory/economy.md): x holds log y (change of the wage bill), log P, log E',
 * premiums of caps, where labour is not fully mobile log l, and how full hubs are. The pass leaves
 * in f what each equation asks of its unknown, in logs: how far prices, spending, wage bills and
 * shares of labour are from what the others imply. What step these gaps make is the business of
 * precondition.c and mixing.c.
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "base/lanes.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

FUL_CLONES
static void log_all(double *x, int n)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__log(x[a]);
}

/* x, where it is wanted; else 0 */
FUL_CLONES
static void keep_wanted(int n, double *restrict x, const unsigned char *restrict wanted)
{
    for (int a = 0; a < n; a++)
        x[a] = wanted[a] ? x[a] : 0;
}

static void spending_levels(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x)
{
    const int cells = m->N * m->J;
    memcpy(w->spending, x->e, sizeof(double) * (size_t)cells);
    ful__exp_all(w->spending, cells);
    keep_wanted(cells, w->spending, w->demand);
}

/* Totals by country over sectors; stride each. */
typedef struct totals {
    double imports[FUL__MAX_COUNTRIES], exports[FUL__MAX_COUNTRIES], revenue[FUL__MAX_COUNTRIES];
} totals;

/* What one sector adds; `stride` of each. */
FUL_CLONES
static void collect_sector(int stride, const double *restrict c, const double *restrict receipt,
                           const double *restrict customs, const double *restrict bought,
                           const double *restrict own, const double *restrict tariff,
                           double *restrict output, totals *restrict t)
{
    for (int n = 0; n < stride; n++) {
        output[n] = c[n] * receipt[n];
        t->imports[n] += bought[n];
        t->exports[n] += c[n] * customs[n] - own[n];
        t->revenue[n] += tariff[n] + c[n] * (customs[n] - receipt[n]);
    }
}

FUL_CLONES
static void times(int n, const double *a, const double *b, double *out)
{
    for (int k = 0; k < n; k++)
        out[k] = a[k] * b[k];
}

/* Outputs, value added, trade and revenue from the receipts of the sectors. */
static void collect(const ful_economy_model *m, ful_economy_work *w)
{
    totals t;
    const double *customs = w->customs != w->paid ? w->customs_receipt : w->receipt;
    const size_t size = sizeof(double) * (size_t)m->N, padded = sizeof(double) * (size_t)m->stride;
    memset(t.imports, 0, padded);
    memset(t.exports, 0, padded);
    memset(t.revenue, 0, padded);
    for (int j = 0; j < m->J; j++) {
        const size_t at = (size_t)j * (size_t)m->stride;
        collect_sector(m->stride, w->ctheta + at, w->receipt + at, customs + at, w->bought + at,
                       w->own + at, w->tariff_paid + at, w->by_sector + at, &t);
    }
    memcpy(w->imports, t.imports, size);
    memcpy(w->exports, t.exports, size);
    memcpy(w->revenue, t.revenue, size);
    ful__by_country(m, w->by_sector, w->output);
    times(m->N * m->J, w->beta, w->output, w->value_added);
}

/* How much a gap of prices or wages grows where nests substitute: shares go with its power. */
static double stiffness(const ful_economy_model *m, int n)
{
    const double sf = fabs(1 - m->sigma_f[n]), sm = fabs(1 - m->sigma_m[n]);
    return fmax(fmax(1, fabs(1 - m->sigma_v[n])), fmax(sf, sm));
}

/* index -= share * log sum / theta; a sum of nothing has no price and counts as one */
FUL_CLONES
static void add_index(int n, const double *restrict share, const double *restrict sum, double theta,
                      double *restrict index)
{
    double logs[FUL__MAX_COUNTRIES];
    const double inverse = 1 / theta;
    const int padded = (n + FUL_ECONOMY_LANES - 1) / FUL_ECONOMY_LANES * FUL_ECONOMY_LANES;
    for (int k = n; k < padded; k++)
        logs[k] = 1;
    for (int k = 0; k < n; k++)
        logs[k] = sum[k] > 0 ? sum[k] : 1;
    for (int k = 0; k < padded; k++)
        logs[k] = ful__log(logs[k]);
    for (int k = 0; k < n; k++)
        index[k] -= share[k] * (logs[k] * inverse);
}

/* f -= x where wanted, else 0; returns the largest gap */
FUL_CLONES
static double less_wanted(int n, double *restrict f, const double *restrict x,
                          const unsigned char *restrict wanted)
{
    for (int a = 0; a < n; a++)
        f[a] = wanted[a] ? f[a] - x[a] : 0;
    return ful__largest(n, f);
}

/* Prices of sectors from the sums of their products. */
static double price_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                         ful__unknowns *f)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    memset(w->by_sector, 0, sizeof(double) * (size_t)J * (size_t)m->stride);
    for (int p = 0; p < m->P; p++) {
        const size_t row = (size_t)p * (size_t)N, j = (size_t)m->product_sector[p];
        add_index(N, m->product_share + row, w->sum + row, m->theta[j],
                  w->by_sector + j * (size_t)m->stride);
    }
    ful__by_country(m, w->by_sector, f->p);
    for (int n = 0; n < N; n++) {
        const int a = n * J;
        residual = ful__larger(residual,
                               less_wanted(J, f->p + a, x->p + a, w->demand + a) * stiffness(m, n));
    }
    return residual;
}

/* The wage bills of the unknowns. */
static void wage_bills(const ful_economy_model *m, const ful__unknowns *x, double *wages)
{
    memcpy(wages, x->y, sizeof(double) * (size_t)m->N);
    ful__exp_all(wages, m->N);
    times(m->N, wages, m->wage_bill, wages);
}

FUL_CLONES
static double total(int n, const double *x)
{
    return ful__sum(n, x);
}

/* The division of labour between sectors: log of the share of the wage bill against l. */
static double labour_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                          ful__unknowns *f, int n)
{
    const int J = m->J;
    double *share = f->l + n * J, residual = 0;
    if (isinf(m->kappa[n])) {
        memset(share, 0, sizeof(double) * (size_t)J);
        return 0;
    }
    for (int j = 0; j < J; j++) {
        const int a = n * J + j, employed = m->value_added[a] > 0 && w->value_added[a] > 0;
        share[j] =
            employed ? w->value_added[a] / w->demanded[n] * m->wage_bill[n] / m->value_added[a] : 1;
    }
    log_all(share, J);
    for (int j = 0; j < J; j++) {
        const int a = n * J + j, employed = m->value_added[a] > 0 && w->value_added[a] > 0;
        share[j] = employed ? share[j] - x->l[a] : 0;
        residual = ful__larger(residual, fabs(share[j]));
    }
    return residual;
}

/* Wage bills demanded against those of the unknowns, `wages`. */
static double wage_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                        ful__unknowns *f, const double *wages, int labour)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    for (int n = 0; n < N; n++) {
        w->demanded[n] = total(J, w->value_added + n * J);
        const double ratio = w->demanded[n] / wages[n];
        residual = ful__larger(residual, fabs(ratio - 1) * stiffness(m, n));
        f->y[n] = ratio > 0 ? ratio : 0.36787944117144233; /* its log is -1 */
        if (labour)
            residual = ful__larger(residual, labour_gaps(m, w, x, f, n) * stiffness(m, n));
    }
    log_all(f->y, N);
    return residual;
}

/* need <- need / spending where wanted, else 1; returns the largest distance from one. A buyer that
 * an iterate leaves without income comes down by e a pass instead of vanishing. */
FUL_CLONES
static double over_spending(int n, double *restrict need, const double *restrict spending,
                            const unsigned char *restrict wanted, double *restrict gap)
{
    for (int a = 0; a < n; a++) {
        const double ratio = wanted[a] ? need[a] / (wanted[a] ? spending[a] : 1) : 1;
        gap[a] = ratio - 1;
        need[a] = ratio > 0 ? ratio : 0.36787944117144233;
    }
    return ful__largest(n, gap);
}

/* Income, and spending against what it implies. What wages pay is taken from the unknown, not from
 * what is demanded: the two agree in the end, and on the way spending answers to one country's own
 * unknowns. */
static double spending_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                            ful__unknowns *f, const double *wages)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    memset(f->e, 0, sizeof(double) * (size_t)(N * J));
    for (int n = 0; n < N; n++) {
        w->income[n] = wages[n] + w->revenue[n] + w->transfer[n];
        /* a country that gives most of it away feels a small gap of its wages */
        residual = ful__larger(residual, fabs((w->demanded[n] - wages[n]) / w->income[n]));
        ful__economy_inputs(m, w, n, f->e + n * J);
        ful__economy_wants(m, w, n, x->p + n * J, f->e + n * J);
    }
    residual = ful__larger(residual, over_spending(N * J, f->e, w->spending, w->demand, w->cell));
    log_all(f->e, N * J);
    return residual;
}

double ful__economy_pass(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *x, double *f)
{
    const ful__unknowns at = ful__parts(m, (double *)x);
    ful__unknowns gap = ful__parts(m, f);
    const int labour = w->unknowns > (int)(gap.l - f);
    double wages[FUL__MAX_COUNTRIES];
    w->kinks = 0;
    w->one_sided = 0;
    ful__economy_costs(m, w, &at);
    spending_levels(m, w, &at);
    if (w->hubs > 0)
        ful__hubs_weigh(m, w, shock, at.u);
    if (w->caps > 0)
        ful__caps_weigh(m, w, shock, at.o);
    ful__economy_trade(m, w);
    collect(m, w);
    wage_bills(m, &at, wages);
    double residual = price_gaps(m, w, &at, &gap);
    residual = ful__larger(residual, wage_gaps(m, w, &at, &gap, wages, labour));
    ful__economy_transfers(m, w, shock);
    residual = ful__larger(residual, spending_gaps(m, w, &at, &gap, wages));
    memset(gap.o, 0, sizeof(double) * FUL_ECONOMY_MAX_CAPS);
    residual = ful__larger(residual, ful__caps_measure(m, w, shock, at.o, gap.o));
    if (w->hubs > 0)
        residual = ful__larger(residual, ful__hubs_measure(m, w, shock, at.u, gap.u));
    return residual;
}
