/* SPDX-License-Identifier: MIT */
/*
 * One pass over the economy: from prices, spending and wage bills to what they imply.
 *
 * Notation (docs/theory/economy.md): x holds log y (change of the wage bill), log P, log E',
 * premiums of caps and, where labour is not fully mobile, log l. The pass leaves in f what each
 * equation asks of its unknown, in logs: how far prices, spending, wage bills and shares of labour
 * are from what the others imply. What step these gaps make is the business of precondition.c and
 * mixing.c.
 */
#include "base/clones.h"
#include "base/elementary.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

FUL_CLONES
static void log_all(double *x, int n)
{
    for (int a = 0; a < n; a++)
        x[a] = ful__log(x[a]);
}

static void spending_levels(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x)
{
    const int cells = m->N * m->J;
    memcpy(w->spending, x->e, sizeof(double) * (size_t)cells);
    ful__exp_all(w->spending, cells);
    for (int a = 0; a < cells; a++)
        w->spending[a] = w->demand[a] ? w->spending[a] : 0;
}

/* Outputs, value added, trade and revenue from the receipts of the sectors. */
static void collect(const ful_economy_model *m, ful_economy_work *w)
{
    const int N = m->N, J = m->J, stride = m->lead ? m->lead : N;
    const int taxed = w->customs != w->paid;
    for (int n = 0; n < N; n++)
        w->imports[n] = w->exports[n] = w->revenue[n] = 0;
    for (int j = 0; j < J; j++) {
        const double *c = w->ctheta + j * stride, *receipt = w->receipt + j * N;
        const double *customs = w->customs_receipt + j * N;
        for (int n = 0; n < N; n++) {
            const int a = n * J + j;
            w->output[a] = c[n] * receipt[n];
            w->value_added[a] = w->beta[a] * w->output[a];
            w->imports[n] += w->row_bought[j * N + n];
            w->exports[n] += c[n] * customs[n] - w->row_own[j * N + n];
            w->revenue[n] += w->row_tariff[j * N + n];
            if (taxed)
                w->revenue[n] += c[n] * (customs[n] - receipt[n]);
        }
    }
}

/* How much a gap of prices or wages grows where nests substitute: shares go with its power. */
static double stiffness(const ful_economy_model *m, int n)
{
    const double sf = fabs(1 - m->sigma_f[n]), sm = fabs(1 - m->sigma_m[n]);
    return fmax(fmax(1, fabs(1 - m->sigma_v[n])), fmax(sf, sm));
}

/* Prices of sectors from the sums of their products. */
static double price_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                         ful__unknowns *f)
{
    const int N = m->N, J = m->J;
    double residual = 0, sums[1024];
    memset(f->p, 0, sizeof(double) * (size_t)(N * J));
    for (int p = 0; p < m->P; p++) {
        const size_t row = (size_t)p * (size_t)N;
        const int j = m->product_sector[p];
        for (int n = 0; n < N; n++)
            sums[n] = w->sum[row + (size_t)n] > 0 ? w->sum[row + (size_t)n] : 1;
        log_all(sums, N);
        for (int n = 0; n < N; n++)
            f->p[n * J + j] -= m->product_share[row + (size_t)n] * sums[n];
    }
    for (int n = 0; n < N; n++)
        for (int j = 0; j < J; j++) {
            const int a = n * J + j;
            f->p[a] = w->demand[a] ? f->p[a] / m->theta[j] - x->p[a] : 0;
            residual = ful__larger(residual, fabs(f->p[a]) * stiffness(m, n));
        }
    return residual;
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

/* Wage bills demanded against those of the unknowns. */
static double wage_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                        ful__unknowns *f, int labour)
{
    const int J = m->J;
    double residual = 0;
    for (int n = 0; n < m->N; n++) {
        double bill = 0;
        for (int j = 0; j < J; j++)
            bill += w->value_added[n * J + j];
        w->demanded[n] = bill;
        const double ratio = bill / (m->wage_bill[n] * exp(x->y[n]));
        residual = ful__larger(residual, fabs(ratio - 1) * stiffness(m, n));
        f->y[n] = ratio > 0 ? log(ratio) : -1;
        if (labour)
            residual = ful__larger(residual, labour_gaps(m, w, x, f, n) * stiffness(m, n));
    }
    return residual;
}

/* Income, and spending against what it implies. */
static double spending_gaps(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                            ful__unknowns *f)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    for (int n = 0; n < N; n++) {
        double *need = f->e + n * J;
        /* what wages pay is taken from the unknown, not from what is demanded: the two agree in the
         * end, and on the way spending answers to one country's own unknowns */
        const double wages = m->wage_bill[n] * exp(x->y[n]);
        w->income[n] = wages + w->revenue[n] + w->transfer[n];
        /* a country that gives most of it away feels a small gap of its wages */
        residual = ful__larger(residual, fabs((w->demanded[n] - wages) / w->income[n]));
        memset(need, 0, sizeof(double) * (size_t)J);
        ful__economy_inputs(m, w, n, need);
        ful__economy_wants(m, w, n, x->p + n * J, need);
    }
    for (int a = 0; a < N * J; a++) {
        const double ratio = w->demand[a] ? f->e[a] / w->spending[a] : 1;
        residual = ful__larger(residual, fabs(ratio - 1));
        /* a buyer that an iterate leaves without income comes down by e a pass instead of
         * vanishing */
        f->e[a] = ratio > 0 ? ratio : 0.36787944117144233;
    }
    log_all(f->e, N * J);
    return residual;
}

double ful__economy_pass(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *x, double *f)
{
    const ful__unknowns at = ful__parts(m, (double *)x);
    ful__unknowns gap = ful__parts(m, f);
    const int labour = w->unknowns > (int)(gap.l - f);
    w->kinks = 0;
    w->one_sided = 0;
    ful__economy_costs(m, w, &at);
    spending_levels(m, w, &at);
    if (w->caps > 0)
        ful__caps_weigh(m, w, shock, at.o);
    ful__economy_trade(m, w);
    collect(m, w);
    double residual = price_gaps(m, w, &at, &gap);
    residual = ful__larger(residual, wage_gaps(m, w, &at, &gap, labour));
    ful__economy_transfers(m, w, shock);
    residual = ful__larger(residual, spending_gaps(m, w, &at, &gap));
    memset(gap.o, 0, sizeof(double) * FUL_ECONOMY_MAX_CAPS);
    residual = ful__larger(residual, ful__caps_measure(m, w, shock, at.o, gap.o));
    return residual;
}
