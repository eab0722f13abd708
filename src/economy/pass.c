/* SPDX-License-Identifier: MIT */
/*
 * One pass over the economy: from prices, spending and wage bills to what they imply.
 *
 * Notation (docs/theory/economy.md): x holds log y (change of the wage bill), log P, log E' and, where
 * labour is not fully mobile, log l. The flows are touched once, row by row: a row (sector j, buyer n)
 * needs two sums over sellers, sum W c^-theta and sum V c^-theta, and adds its purchases to each
 * seller. W and V stand ready in the workspace, so a pass takes no exponential per flow.
 */
#include "base/clones.h"
#include "economy/economy_internal.h"

#include <math.h>
#include <string.h>

#define LANES 8 /* partial sums, so that the order of summation is fixed and fits the vectors */

/* sum_i weight_i c_i and sum_i paid_i c_i */
static inline void row_sums(double *s, double *t, int N, const double *weight, const double *paid,
                            const double *c)
{
    double a[LANES] = {0}, b[LANES] = {0};
    int i = 0;
    for (; i + LANES <= N; i += LANES)
        for (int k = 0; k < LANES; k++) {
            a[k] += weight[i + k] * c[i + k];
            b[k] += paid[i + k] * c[i + k];
        }
    for (int k = 0; i < N; i++, k++) {
        a[k] += weight[i] * c[i];
        b[k] += paid[i] * c[i];
    }
    *s = ((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7]));
    *t = ((b[0] + b[1]) + (b[2] + b[3])) + ((b[4] + b[5]) + (b[6] + b[7]));
}

/*
 * All flows of one sector. In: cost^-theta, spending (log). Out: the price sums, the sellers' receipts
 * before their own cost^-theta, and for each buyer what it pays abroad and in tariffs.
 */
FUL_CLONES
static void trade_sector(int N, const double *weight, const double *paid, const double *c,
                         const double *spending, double *sum, double *receipt, double *imports,
                         double *own_sales, double *revenue)
{
    for (int n = 0; n < N; n++)
        receipt[n] = 0;
    for (int n = 0; n < N; n++) {
        const double *w = weight + (size_t)n * (size_t)N, *v = paid + (size_t)n * (size_t)N;
        double s, t;
        row_sums(&s, &t, N, w, v, c);
        sum[n] = s;
        if (!(s > 0) || spending[n] == 0)
            continue;
        const double scale = spending[n] / s;
        for (int i = 0; i < N; i++)
            receipt[i] += scale * v[i];
        const double own = scale * v[n] * c[n];
        imports[n] += scale * t - own;
        own_sales[n] += own;
        revenue[n] += spending[n] - scale * t;
    }
}

/* log costs and cost^-theta */
static void costs(const ful_economy_model *m, ful_economy_work *w, const ful_economy_shock *shock,
                  const ful__unknowns *x)
{
    const int N = m->N, J = m->J;
    for (int i = 0; i < N; i++) {
        double log_final = 0;
        for (int j = 0; j < J; j++)
            log_final += m->alpha[i * J + j] * x->p[i * J + j];
        w->final_price[i] = log_final;
        const double wage = (x->y[i] + m->phi[i] * log_final) / (1 + m->phi[i]);
        for (int j = 0; j < J; j++) {
            const int a = i * J + j;
            const double own = isinf(m->kappa[i]) ? wage : wage + x->l[a] / m->kappa[i];
            const double *row = m->input + (size_t)a * (size_t)J;
            double log_cost = m->beta[a] * own;
            for (int k = 0; k < J; k++)
                log_cost += row[k] * x->p[i * J + k];
            if (shock && shock->productivity)
                log_cost -= log(shock->productivity[a]);
            w->log_cost[a] = log_cost;
            w->ctheta[(size_t)j * (size_t)N + (size_t)i] =
                w->active[a] ? exp(-m->theta[j] * log_cost) : 0;
        }
    }
}

static double larger(double a, double b)
{
    return b > a || isnan(b) ? b : a; /* a NaN must not be lost */
}

/* trade in every sector; prices and their residual */
static double trade(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                    ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    double *sum = w->demanded; /* N, free until the wage bills */
    memset(w->imports, 0, sizeof(double) * (size_t)N);
    memset(w->exports, 0, sizeof(double) * (size_t)N);
    memset(w->revenue, 0, sizeof(double) * (size_t)N);
    double *spending = w->row, *receipt = w->row + N;
    for (int j = 0; j < J; j++) {
        const double *c = w->ctheta + (size_t)j * (size_t)N;
        const size_t block = ful__at(N, j, 0, 0);
        for (int n = 0; n < N; n++) {
            const int a = n * J + j;
            w->spending[a] = spending[n] = w->demand[a] ? exp(x->e[a]) : 0;
        }
        trade_sector(N, w->weight + block, w->paid + block, c, spending, sum, receipt, w->imports,
                     w->exports, w->revenue);
        for (int n = 0; n < N; n++) {
            const int a = n * J + j;
            w->output[a] = c[n] * receipt[n];
            w->value_added[a] = m->beta[a] * w->output[a];
            if (sum[n] > 0 && w->demand[a]) {
                g->p[a] = -log(sum[n]) / m->theta[j];
                residual = larger(residual, fabs(g->p[a] - x->p[a]));
            } else {
                g->p[a] = x->p[a];
            }
        }
    }
    /* exports held the domestic sales so far */
    for (int n = 0; n < N; n++) {
        double output = 0;
        for (int j = 0; j < J; j++)
            output += w->output[n * J + j];
        w->exports[n] = output - w->exports[n];
    }
    return residual;
}

/* income and spending */
static double spend(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                    ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    for (int n = 0; n < N; n++) {
        double *need = w->row;
        w->income[n] = w->demanded[n] + w->revenue[n] + w->transfer[n];
        for (int k = 0; k < J; k++)
            need[k] = m->alpha[n * J + k] * w->income[n];
        for (int j = 0; j < J; j++) {
            const double *row = m->input + (size_t)(n * J + j) * (size_t)J;
            const double made = w->output[n * J + j];
            for (int k = 0; k < J; k++)
                need[k] += row[k] * made;
        }
        for (int k = 0; k < J; k++) {
            const int a = n * J + k;
            if (!w->demand[a]) {
                g->e[a] = x->e[a];
                continue;
            }
            residual = larger(residual, fabs(need[k] / w->spending[a] - 1));
            g->e[a] = need[k] > 0 ? log(need[k]) : x->e[a] - 1;
        }
    }
    return residual;
}

/* wage bills, and the division of labour between sectors */
static double labour(const ful_economy_model *m, ful_economy_work *w, const ful__unknowns *x,
                     ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    double residual = 0;
    for (int n = 0; n < N; n++) {
        double bill = 0;
        for (int j = 0; j < J; j++)
            bill += w->value_added[n * J + j];
        w->demanded[n] = bill;
        const double ratio = bill / (m->wage_bill[n] * exp(x->y[n]));
        residual = larger(residual, fabs(ratio - 1));
        g->y[n] = x->y[n] + m->step[n] * (ratio > 0 ? log(ratio) : -1);
        if (isinf(m->kappa[n]))
            continue;
        for (int j = 0; j < J; j++) {
            const int a = n * J + j;
            g->l[a] = x->l[a];
            if (!(m->value_added[a] > 0) || !(w->value_added[a] > 0))
                continue;
            const double log_l = log(w->value_added[a] / bill * m->wage_bill[n] / m->value_added[a]);
            const double step = 1 / (1 + m->theta[j] * m->beta[a] / m->kappa[n]);
            residual = larger(residual, fabs(log_l - x->l[a]));
            g->l[a] = x->l[a] + step * (log_l - x->l[a]);
        }
    }
    return residual;
}

/* every component keeps the value added of its benchmark: prices have a unit again */
static void normalise(const ful_economy_model *m, const ful_economy_work *w, ful__unknowns *g)
{
    const int N = m->N, J = m->J;
    for (int c = 0; c < N; c++) {
        double base = 0, now = 0;
        for (int n = 0; n < N; n++)
            if (w->component[n] == c) {
                base += m->wage_bill[n];
                now += m->wage_bill[n] * exp(g->y[n]);
            }
        if (!(base > 0))
            continue;
        const double shift = log(now / base);
        for (int n = 0; n < N; n++)
            if (w->component[n] == c) {
                g->y[n] -= shift;
                for (int a = n * J; a < n * J + J; a++) {
                    g->p[a] -= shift;
                    g->e[a] -= shift;
                }
            }
    }
}

static ful__unknowns parts(const ful_economy_model *m, double *x)
{
    const int cells = m->N * m->J;
    return (ful__unknowns){x, x + m->N, x + m->N + cells, x + m->N + 2 * cells};
}

double ful__economy_pass(const ful_economy_model *m, ful_economy_work *w,
                         const ful_economy_shock *shock, const double *x, double *g)
{
    const ful__unknowns from = parts(m, (double *)x);
    ful__unknowns to = parts(m, g);
    costs(m, w, shock, &from);
    double residual = trade(m, w, &from, &to);
    residual = larger(residual, labour(m, w, &from, &to));
    ful__economy_transfers(m, w);
    residual = larger(residual, spend(m, w, &from, &to));
    normalise(m, w, &to);
    return residual;
}
